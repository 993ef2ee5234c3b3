import assert from "node:assert/strict";
import { test } from "node:test";
import { findNearMiss } from "./near-miss.ts";

const WORDS = ["build", "check", "completion", "inspect", "init", "plan", "pack", "unpack"];

const CASES: [typed: string, meant: string | undefined][] = [
  ["biuld", "build"],
  ["BUILD", "build"],
  ["buil", "build"],
  ["builds", "build"],
  ["insepct", "inspect"],
  ["comp", "completion"],
  ["in", undefined],
  ["deploy", undefined],
  ["", undefined],
];

for (const [typed, meant] of CASES) {
  test(`takes "${typed}" for ${meant ?? "nothing known"}`, () => {
    assert.equal(findNearMiss(typed, WORDS), meant);
  });
}
