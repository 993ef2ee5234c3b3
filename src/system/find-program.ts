import { constants } from "node:fs";
import { access } from "node:fs/promises";
import { isAbsolute, join } from "node:path";

/** Absolute path of the first file of this name in PATH that may be executed; undefined when there is none. */
export async function findProgram(
  env: Readonly<NodeJS.ProcessEnv>,
  name: string,
): Promise<string | undefined> {
  return (await listPrograms(listPath(env), name))[0];
}

/** An empty or relative part of PATH is the working directory: a program is never taken from there. */
export function listPath(env: Readonly<NodeJS.ProcessEnv>): readonly string[] {
  return (env["PATH"] ?? "").split(":").filter(isAbsolute);
}

/** Files of this name that may be executed, in the order of the directories. */
export async function listPrograms(directories: readonly string[], name: string): Promise<string[]> {
  const programs: string[] = [];
  for (const directory of new Set(directories)) {
    const path = join(directory, name);
    if (await isProgram(path)) programs.push(path);
  }
  return programs;
}

/** Whether there is something that this user may execute. */
export async function isProgram(path: string): Promise<boolean> {
  return access(path, constants.X_OK).then(
    () => true,
    () => false,
  );
}
