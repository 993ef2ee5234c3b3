import assert from "node:assert/strict";
import { test } from "node:test";
import { parseHoldallLock, renderHoldallLock } from "./holdall-lock.ts";

const HASH = `sha256:${"a".repeat(64)}`;
const PINS = `flask==3.1.3 \\\n    --hash=${HASH}\n`;

test("reads what it writes", () => {
  const lock = { inputs: HASH, added: ["gunicorn"], pins: PINS };
  const distributions = [{ name: "flask", version: "3.1.3", hashes: [HASH] }];
  assert.deepEqual(parseHoldallLock(renderHoldallLock(lock)), { ...lock, distributions });
});

test("a lock may be empty", () => {
  const text = renderHoldallLock({ inputs: HASH, added: [], pins: "" });
  assert.deepEqual(parseHoldallLock(text).distributions, []);
});

const REFUSED: [text: string, message: string][] = [
  ["", "cannot use holdall.lock: it does not start with its format version, this holdall knows 1"],
  ["# holdall.lock 2: new\n", "cannot use holdall.lock: its format is 2, this holdall knows 1"],
  ["# holdall.lock 1\nflask\n", "cannot use holdall.lock: flask is not pinned to one version"],
];

for (const [text, message] of REFUSED) {
  test(`refuses ${JSON.stringify(text)}`, () => {
    assert.throws(() => parseHoldallLock(text), { code: "lock_invalid", message });
  });
}
