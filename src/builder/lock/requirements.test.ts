import assert from "node:assert/strict";
import { test } from "node:test";
import { parsePinnedRequirements } from "./requirements.ts";

const A = `sha256:${"a".repeat(64)}`;
const B = `sha256:${"b".repeat(64)}`;

test("reads pins with hashes, markers, comments and continued lines", () => {
  const text = `# by somebody\nb_c==2 ; python_version < '3.12' \\\n    --hash=${B} \\\n    --hash=${A}\n    # via a\na===1.0+local --hash=${A}\n`;
  assert.deepEqual(parsePinnedRequirements(text, "holdall.lock", "Lock again."), [
    { name: "b-c", version: "2", hashes: [A, B], marker: "python_version < '3.12'" },
    { name: "a", version: "1.0+local", hashes: [A] },
  ]);
});

const REFUSED: [text: string, message: string][] = [
  [`a>=1 --hash=${A}`, "cannot use x.lock: a is not pinned to one version"],
  [`a==1.* --hash=${A}`, "cannot use x.lock: a is not pinned to one version"],
  ["a==1", "cannot use x.lock: a has no sha256 hash"],
  ["a==1 --hash=md5:00", "cannot use x.lock: a has no sha256 hash"],
  [
    `a @ https://example.org/a.whl --hash=${A}`,
    "cannot use x.lock: a comes from a directory or an address, not from an index",
  ],
  [
    "git+https://u:p@example.org/a",
    "cannot use x.lock: a line comes from a directory or an address, not from an index",
  ],
  ["./a", "cannot use x.lock: ./a comes from a directory or an address, not from an index"],
  ["-e ./a", "cannot use x.lock: -e ./a comes from a directory or an address, not from an index"],
];

for (const [text, message] of REFUSED) {
  test(`refuses the pin ${text}`, () => {
    assert.throws(() => parsePinnedRequirements(text, "x.lock", "Lock again."), {
      code: "lock_invalid",
      message,
    });
  });
}
