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
  // Not by the artifact's command `python`, which wants the application's settings.
  const release = (await succeed([artifact, "--holdall", "path"])).trim();
  const { differences, ...compared } = JSON.parse(await succeed([join(release, "bin/python"), PROGRAM]));
  assert.deepEqual(differences, []);
  return compared;

  async function succeed(argv: readonly string[]): Promise<string> {
    const { status, stdout, stderr } = await runProcess(argv, { cwd: data, env });
    assert.equal(status, 0, stderr);
    return stdout;
  }
}
