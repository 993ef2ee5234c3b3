import { join, resolve } from "node:path";
import * as v from "valibot";
import { AppError } from "../errors/app-error.ts";
import { errnoOf } from "../system/file-errors.ts";
import { PACKAGE_ROOT } from "../system/package-root.ts";
import { type ProcessResult, runProcess } from "../system/run-process.ts";
import type { Artifact } from "./artifact.ts";
import type { CacheCommand, CacheReports } from "./cache-reports.ts";
import { PREFIX_NAME } from "./zip.ts";

const PROGRAM = join(PACKAGE_ROOT, "support/build/look_after_cache.py");
const PYTHONS = ["python3", "python"];
const MAX_BYTES = 256 * 1024 * 1024;

const NAMED = { name: v.nullable(v.string()), version: v.nullable(v.string()) };
const RELEASE = { release: v.string(), ...NAMED, usedAt: v.nullable(v.string()) };
const PROBLEMS = v.array(v.object({ path: v.string(), problem: v.string() }));
const parsePruned = v.parser(
  v.object({
    cache: v.string(),
    isDryRun: v.boolean(),
    releases: v.array(v.object(RELEASE)),
    layers: v.array(v.object({ layer: v.string(), ...NAMED })),
    buildFiles: v.number(),
    isBuilding: v.boolean(),
    freedBytes: v.number(),
    kept: v.array(v.object({ ...RELEASE, reason: v.string() })),
  }),
);

const PARSERS: { readonly [Command in CacheCommand]: (value: unknown) => CacheReports[Command] } = {
  list: v.parser(
    v.object({
      cache: v.string(),
      releases: v.array(v.object({ ...RELEASE, isInUse: v.boolean(), sizeBytes: v.number() })),
      layers: v.number(),
      sizeBytes: v.number(),
    }),
  ),
  verify: v.parser(v.object({ cache: v.string(), layers: v.number(), problems: PROBLEMS, notes: PROBLEMS })),
  repair: v.parser(
    v.object({
      cache: v.string(),
      problems: PROBLEMS,
      removed: v.array(v.string()),
      condemned: v.array(v.string()),
      made: v.nullable(v.string()),
    }),
  ),
  prune: parsePruned,
  clear: parsePruned,
};

export interface LookAfterOptions {
  /** Options of the command, docs/cache.md. */
  readonly words: readonly string[];
  /** Whose program does it, and whose layers it knows; undefined: holdall's own. */
  readonly artifact: Artifact | undefined;
  readonly env: Readonly<NodeJS.ProcessEnv>;
  readonly signal: AbortSignal;
}

/**
 * Runs one command for the user's cache, by the program that makes what is in it (docs/cache.md).
 * @throws AppError `cache_unusable` with the reason that the program gives; `python_not_found`.
 */
export async function lookAfterCache<Command extends CacheCommand>(
  command: Command,
  { words, artifact, env, signal }: LookAfterOptions,
): Promise<CacheReports[Command]> {
  const options = { env, signal, keepBytes: MAX_BYTES };
  const asked = [command, "--json", ...words];
  const { stdout, stderr } =
    artifact === undefined
      ? await runOwnProgram(asked, options)
      : await runProcess(["/bin/sh", resolve(scriptOf(artifact)), "--holdall", "cache", ...asked], options);
  if (stdout !== "") return PARSERS[command](JSON.parse(stdout));
  const [, message, hint] = stderr.match(/^(cannot .*)\nhint: (.*)\n$/) ?? [];
  throw new AppError({
    code: "cache_unusable",
    message: message ?? `cannot ${command} the cache: the program for it failed`,
    hint,
    excerpt: message === undefined ? stderr : undefined,
  });
}

function scriptOf({ form, path }: Artifact): string {
  return form === "open" ? join(path, PREFIX_NAME) : path;
}

/** With the first Python of PATH. */
async function runOwnProgram(
  words: readonly string[],
  options: Parameters<typeof runProcess>[1],
): Promise<ProcessResult> {
  for (const python of PYTHONS) {
    try {
      return await runProcess([python, "-I", "-S", "-B", PROGRAM, ...words], options);
    } catch (error) {
      if (errnoOf(error) !== "ENOENT") throw error;
    }
  }
  throw new AppError({
    code: "python_not_found",
    message: "cannot look after the cache: there is no python3 in PATH",
    hint: "Install Python, or name an artifact that has a Python inside.",
  });
}
