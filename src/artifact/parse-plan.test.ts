import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import { PACKAGE_ROOT } from "../system/package-root.ts";
import { runProcess } from "../system/run-process.ts";
import type { Forged } from "../testing/forge-artifact.ts";
import { REFUSED_PLANS, WHOLE_PLAN } from "../testing/refused-plans.ts";
import { SMALL_PLAN } from "../testing/small-artifact.ts";
import { parsePlan } from "./parse-plan.ts";

test("a plan comes out as it went in", () => {
  assert.deepEqual(parsePlan(WHOLE_PLAN, "plan"), WHOLE_PLAN);
  assert.deepEqual(parsePlan(SMALL_PLAN, "plan"), SMALL_PLAN);
});

for (const [change, message] of REFUSED_PLANS) {
  test(`refuses: ${message}`, () => {
    const plan: Forged = structuredClone(WHOLE_PLAN);
    change(plan);
    assert.throws(() => parsePlan(plan, "plan"), { name: "BrokenRule", message });
  });
}

test("refuses more names than anybody reads", () => {
  const commands = Object.fromEntries(
    Array.from({ length: 1001 }, (_, index) => [`c${index}`, WHOLE_PLAN.commands["serve"]]),
  );
  const message = "plan.commands has 1001 keys, and may have 1000";
  assert.throws(() => parsePlan({ ...WHOLE_PLAN, commands }, "plan"), { name: "BrokenRule", message });
});

const CHECK_EACH = `import json, sys
sys.path.insert(0, sys.argv[1])
from holdall_support.plan import check_plan
from holdall_support.refusal import Broken
for line in sys.stdin:
    try:
        check_plan(json.loads(line), "plan")
        print("accepted")
    except Broken:
        print("refused")
`;

test("the reader that travels in artifacts accepts and refuses the same plans", async () => {
  const changed = REFUSED_PLANS.map(([change]) => {
    const plan: Forged = structuredClone(WHOLE_PLAN);
    change(plan);
    return plan;
  });
  const { stdout, stderr } = await runProcess(
    ["python3", "-I", "-c", CHECK_EACH, join(PACKAGE_ROOT, "support/python")],
    {
      env: { PATH: process.env["PATH"] },
      input: [SMALL_PLAN, WHOLE_PLAN, ...changed].map((plan) => `${JSON.stringify(plan)}\n`).join(""),
    },
  );
  const [small, whole, ...answers] = stdout.trimEnd().split("\n");
  assert.deepEqual([small, whole, stderr], ["accepted", "accepted", ""]);
  const accepted = REFUSED_PLANS.filter((_, index) => answers[index] !== "refused");
  assert.deepEqual(
    accepted.map(([, message]) => message),
    [],
  );
});
