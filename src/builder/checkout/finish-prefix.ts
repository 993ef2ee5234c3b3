import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Plan } from "../../artifact/plan.ts";
import { undefinedIfMissing } from "../../system/file-errors.ts";
import { PACKAGE_ROOT } from "../../system/package-root.ts";
import { writeFileAtomic } from "../../system/write-file.ts";
import type { Interpreter } from "../python/interpreter.ts";
import { sitePackages } from "./ensure-prefix.ts";

/** Modules that every release has, and so every checkout's environment. */
const MODULES = join(PACKAGE_ROOT, "support/python/release");

export interface FinishInput {
  readonly plan: Plan;
  readonly interpreter: Interpreter;
  /** Absolute directory of the application's files. */
  readonly app: string;
}

/**
 * What a release has and an installer does not make: the import path of the plan, its scripts, the modules that keep the
 * working directory off the import path. Writes only what is not as it should be.
 */
export async function finishPrefix(prefix: string, { plan, interpreter, app }: FinishInput): Promise<void> {
  const packages = sitePackages(prefix, interpreter);
  const lines = plan.importPath.map((path) => (path === "." ? app : join(app, path)));
  await ensureText(join(packages, "holdall.pth"), `${[...lines, "import holdall_release"].join("\n")}\n`);
  await ensureText(join(prefix, ".in-use"), "\n");
  for (const name of await readdir(MODULES)) {
    if (name.endsWith(".py"))
      await ensureText(join(packages, name), await readFile(join(MODULES, name), "utf8"));
  }
  const bin = join(prefix, "bin");
  for (const [name, reference] of Object.entries(plan.scripts)) {
    await ensureText(join(bin, name), renderScript(join(bin, "python"), reference), 0o755);
  }
  // As in a release: the original would put the working directory on the import path.
  const gunicorn = await readFile(join(bin, "gunicorn"), "utf8").catch(undefinedIfMissing);
  if (gunicorn !== undefined) {
    await ensureText(
      join(bin, "gunicorn"),
      renderScript(join(bin, "python"), "holdall_gunicorn:main"),
      0o755,
    );
  }
}

/** A console script (PyPA "Entry points specification"). @param reference - `module:function`, checked by the plan. */
function renderScript(python: string, reference: string): string {
  const [module = "", attribute = ""] = reference.split(":");
  const [first] = attribute.split(".");
  return `${renderStart(python)}import sys\n\nfrom ${module} import ${first}\n\nif __name__ == "__main__":\n    sys.exit(${attribute}())\n`;
}

/** Bytes that the first line of a script may have: BINPRM_BUF_SIZE of Linux, without its end. */
const MAX_FIRST_LINE = 127;

/** The kernel takes a space for the end of the interpreter's path: then `sh` starts it, and Python reads that line as a text. */
function renderStart(python: string): string {
  const line = `#!${python}`;
  if (!/\s/.test(python) && Buffer.byteLength(line) <= MAX_FIRST_LINE) return `${line}\n`;
  const quoted = `'${python.replaceAll("'", `'"'"'`)}'`;
  return `#!/bin/sh\n'''exec' ${quoted} "$0" "$@"\n' '''\n`;
}

async function ensureText(path: string, text: string, mode = 0o644): Promise<void> {
  if ((await readFile(path, "utf8").catch(undefinedIfMissing)) === text) return;
  await writeFileAtomic(path, text, { mode });
}
