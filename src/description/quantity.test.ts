import assert from "node:assert/strict";
import { test } from "node:test";
import { parseDurationMs, parseSizeBytes } from "./quantity.ts";

const SIZES: readonly (readonly [string, number | undefined])[] = [
  ["0B", 0],
  ["10MB", 10_000_000],
  ["10MiB", 10_485_760],
  ["2kB", 2000],
  ["1TiB", 2 ** 40],
  ["10", undefined],
  ["10 MB", undefined],
  ["-1B", undefined],
  ["1.5MB", undefined],
  ["1PB", undefined],
  ["999999999999999TB", undefined],
];

test("sizes are whole numbers with a unit", () => {
  for (const [text, bytes] of SIZES) assert.equal(parseSizeBytes(text), bytes, text);
});

const DURATIONS: readonly (readonly [string, number | undefined])[] = [
  ["250ms", 250],
  ["30s", 30_000],
  ["5m", 300_000],
  ["2h", 7_200_000],
  ["1d", 86_400_000],
  ["5", undefined],
  ["5 s", undefined],
  ["s", undefined],
];

test("durations are whole numbers with a unit", () => {
  for (const [text, ms] of DURATIONS) assert.equal(parseDurationMs(text), ms, text);
});
