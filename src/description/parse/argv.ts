import { splitArgv } from "../argv.ts";
import type { WrittenArgv } from "../schema/run.ts";
import type { Path } from "../source/source.ts";
import { plannedWord } from "../words.ts";
import type { Context } from "./context.ts";

/** Plain words. */
export function parseArgv(written: WrittenArgv, path: Path, { refuse }: Context): readonly string[] {
  const argv = typeof written === "string" ? splitArgv(written) : written;
  if ("reason" in argv) throw refuse(path, argv.reason);
  if (argv.length === 0 || argv[0] === "") throw refuse(path, "must have a first word");
  if (argv.some((word) => word.includes("\0"))) throw refuse(path, "must not have a NUL character");
  return argv;
}

/** Words of a plan: see words.ts. */
export function parsePlannedArgv(written: WrittenArgv, path: Path, context: Context): readonly string[] {
  return parseArgv(written, path, context).map(plannedWord);
}
