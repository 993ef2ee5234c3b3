import assert from "node:assert/strict";
import { join } from "node:path";
import { PACKAGE_ROOT } from "../system/package-root.ts";
import { runProcess } from "../system/run-process.ts";

export const SUPPORT = join(PACKAGE_ROOT, "support", "python");
const VERIFY_EACH = join(PACKAGE_ROOT, "src", "testing", "python-support", "verify_each.py");

/**
 * What the reader in Python says of each file: `whole`, why it is refused, or `defect` and an error.
 * @param support - the directory with that reader.
 */
export async function verifyEach(paths: readonly string[], support = SUPPORT): Promise<readonly string[]> {
  const { status, stdout, stderr } = await runProcess(["python3", "-I", "-S", VERIFY_EACH, support], {
    env: { PATH: process.env["PATH"] },
    input: paths.map((path) => `${path}\n`).join(""),
  });
  assert.equal(status, 0, stderr);
  return stdout.trimEnd().split("\n");
}
