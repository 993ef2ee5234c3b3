import assert from "node:assert/strict";
import { test } from "node:test";
import { listCollisions } from "./check-collisions.ts";

const CASES: [path: string, digests: [string, string], expected: "fatal" | "warned" | "none"][] = [
  ["site-packages/cv2/__init__.py", ["a", "b"], "fatal"],
  ["site-packages/cv2/cv2.abi3.so", ["a", "b"], "fatal"],
  ["site-packages/cv2/__init__.py", ["a", "a"], "none"],
  ["site-packages/google/__init__.py", ["namespace", "namespace"], "none"],
  ["site-packages/google/__init__.py", ["namespace", "b"], "fatal"],
  ["site-packages/README.md", ["a", "b"], "warned"],
  ["site-packages/tests/__init__.py", ["a", "b"], "warned"],
  ["scripts/run", ["a", "b"], "warned"],
  ["data/share/man/x", ["a", "b"], "warned"],
];

for (const [path, [first, second], expected] of CASES) {
  test(`${path} of ${first} and ${second}: ${expected}`, () => {
    const collisions = listCollisions([
      { name: "one", digests: { [path]: first } },
      { name: "two", digests: { [path]: second } },
    ]);
    const isFatal = expected === "fatal";
    assert.deepEqual(collisions, expected === "none" ? [] : [{ path, names: ["one", "two"], isFatal }]);
  });
}

test("a file where another distribution has a directory", () => {
  const one = { name: "one", digests: { "site-packages/a/b/c.py": "x" } };
  const two = { name: "two", digests: { "site-packages/a": "y" } };
  for (const both of [
    [one, two],
    [two, one],
  ]) {
    assert.deepEqual(listCollisions(both), [
      { path: "site-packages/a", names: ["two", "one"], isFatal: true },
    ]);
  }
});
