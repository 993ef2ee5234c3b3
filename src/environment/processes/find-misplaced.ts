import { existsSync } from "node:fs";
import { join } from "node:path";

const IS_MISSING = /no such file|not found|cannot find|does(?: not|n't) exist|No config file/i;
const QUOTED = /(['"`])([^'"`/\s~][^'"`\n]{0,199})\1/g;

/**
 * What a program that has failed looked for in vain by a relative path, and is beside the application's code: the usual
 * reason why something starts by hand and not in an environment.
 * @param lines - the last that it wrote: the application's, so untrusted.
 */
export function findMisplaced(
  lines: readonly string[],
  { app, cwd }: { readonly app: string; readonly cwd: string },
): string | undefined {
  if (app === cwd) return undefined;
  const named = lines
    .filter((line) => IS_MISSING.test(line))
    .flatMap((line) => [...line.matchAll(QUOTED)].map(([, , path = ""]) => path));
  return named
    .filter((path) => !path.split("/").includes("..") && !path.includes("\0"))
    .findLast((path) => existsSync(join(app, path)) && !existsSync(join(cwd, path)));
}

/** A sentence about it. */
export function renderMisplaced(path: string): string {
  return `${path} is in the directory of the application's files, and this starts in that of its data: write \`working_directory: app\`, or open it beside the module`;
}
