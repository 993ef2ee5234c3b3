import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import { FIELDS } from "../../description/schema/schema.ts";
import { PACKAGE_ROOT } from "../../system/package-root.ts";
import { runHoldall } from "../../testing/run-holdall.ts";

test("what check shows can be written: each row has the key of a description", async () => {
  const keys = new Set<string>([...FIELDS.map(({ name }) => name), "lock"]); // that is found, not written
  const { status, stdout } = await runHoldall([
    "check",
    join(PACKAGE_ROOT, "src/description/fixtures/all-keys"),
  ]);
  assert.equal(status, 0);
  const shown = stdout.split("\n\n")[0]?.trim().split("\n") ?? [];
  const rows = shown.map((line) => line.split(/[. ]/)[0] ?? "");
  assert.ok(rows.includes("platform") && rows.includes("working_directory"), stdout);
  assert.deepEqual(
    rows.filter((key) => !keys.has(key)),
    [],
  );
});
