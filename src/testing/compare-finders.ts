import assert from "node:assert/strict";
import { join } from "node:path";
import { PACKAGE_ROOT } from "../system/package-root.ts";
import { runProcess } from "../system/run-process.ts";

const PROGRAM = join(PACKAGE_ROOT, "src/testing/python-support/compare_finders.py");

/** How many names were compared, and how many of them the table of the release has. */
export interface Compared {
  readonly names: number;
  readonly known: number;
}

/** That processes of the artifact's release find each module as Python's own finders do, and load the same from it. */
export async function compareFinders(
  artifact: string,
  { data, env }: { readonly data: string; readonly env: NodeJS.ProcessEnv },
): Promise<Compared> {
  const { status, stdout, stderr } = await runProcess([artifact, "python", PROGRAM], { cwd: data, env });
  assert.equal(status, 0, stderr);
  const { differences, ...compared } = JSON.parse(stdout);
  assert.deepEqual(differences, []);
  return compared;
}
