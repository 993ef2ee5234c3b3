import assert from "node:assert/strict";
import { test } from "node:test";
import { decideRestart } from "./restart-policy.ts";

const POLICY = { firstMs: 100, longestMs: 500, steadyMs: 1000, attempts: 6 };

test("a process that ends at once is started later and later, then no more", () => {
  const delays: unknown[] = [];
  let failures = 0;
  for (;;) {
    const decision = decideRestart(POLICY, { failures, ranMs: 10 });
    failures = decision.failures;
    if (decision.kind === "given-up") break;
    delays.push(decision.afterMs);
  }
  assert.deepEqual(delays, [100, 200, 400, 500, 500]);
  assert.equal(failures, 6);
});

test("a steady run forgives what was before", () => {
  assert.deepEqual(decideRestart(POLICY, { failures: 5, ranMs: 1000 }), {
    kind: "again",
    afterMs: 100,
    failures: 1,
  });
});
