import assert from "node:assert/strict";
import { test } from "node:test";
import { isTargetPlatform, parseTargetPlatform } from "./target-platform.ts";

const CASES: [text: string, meaning: string, hint?: string][] = [
  ["x86_64", "x86_64-glibc2.28"],
  ["aarch64-glibc", "aarch64-glibc2.28"],
  ["x86_64-glibc2.17", "x86_64-glibc2.17"],
  ["x86_64-glibc2.40", "x86_64-glibc2.40"],
  ["aarch64-musl", "aarch64-musl1.2"],
  ["x86_64-musl1.2", "x86_64-musl1.2"],
  ["arm64", "arm64 is not one of x86_64, aarch64", "Did you mean aarch64?"],
  ["x86-64-musl", "x86-64 is not one of x86_64, aarch64", "Did you mean x86_64?"],
  ["s390x", "s390x is not one of x86_64, aarch64", "Leave it out, or build on such a machine."],
  [
    "x86_64-glibc2.20",
    "glibc 2.20 is not one of 2.17, 2.28, 2.31, 2.32, 2.33, 2.34, 2.35, 2.36, 2.37, 2.38, 2.39, 2.40",
    "Write `x86_64-glibc2.28`.",
  ],
  ["x86_64-musl1.1", "musl 1.1 is not one of 1.2", "Write `x86_64-musl1.2`."],
  [
    "x86_64-linux",
    "x86_64-linux is not of the form PROCESSOR-LIBC",
    "Write `x86_64-glibc2.28`, for example.",
  ],
];

for (const [text, meaning, hint] of CASES) {
  test(`the target ${text}: ${meaning}`, () => {
    const parsed = parseTargetPlatform(text);
    if (isTargetPlatform(parsed)) {
      const { processor, libc, ceiling } = parsed;
      assert.equal(`${processor}-${libc}${ceiling}`, meaning);
      assert.deepEqual(parseTargetPlatform(meaning), parsed);
    } else assert.deepEqual(parsed, { reason: meaning, hint });
  });
}
