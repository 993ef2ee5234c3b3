import { execFileSync } from "node:child_process";
import { copyFileSync, mkdirSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { PYTHON } from "./artifact-to-start.ts";

const HIDE = `
  for python in /usr/local/bin/python* /usr/bin/python*; do
    [ ! -f "$python" ] || mount --bind /dev/null "$python"
  done
  exec "$@"`;

/** Words before a program: it finds no Python in the directories that are looked at whatever PATH is. Needs root. */
export const WITHOUT_PYTHONS = ["unshare", "--mount", "sh", "-c", HIDE, "sh"];

/** An installation of its own, with the standard library of the Python of the tests. @returns path of the program. */
export function copyPython(directory: string, name: string): string {
  for (const each of ["bin", "lib"]) mkdirSync(join(directory, each), { recursive: true });
  const print = "import os; print(os.path.dirname(os.__file__), end='')";
  const library = execFileSync(PYTHON.path, ["-I", "-S", "-c", print], { encoding: "utf8" });
  symlinkSync(library, join(directory, `lib/python${PYTHON.version}`));
  copyFileSync(PYTHON.path, join(directory, "bin", name));
  return join(directory, "bin", name);
}
