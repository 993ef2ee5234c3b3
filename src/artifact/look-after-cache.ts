import { join, resolve } from "node:path";
import * as v from "valibot";
import { AppError } from "../errors/app-error.ts";
import { errnoOf } from "../system/file-errors.ts";
import { PACKAGE_ROOT } from "../system/package-root.ts";
import { type ProcessResult, runProcess } from "../system/run-process.ts";
import type { Artifact } from "./artifact.ts";
import { PREFIX_NAME } from "./zip.ts";

const PROGRAM = join(PACKAGE_ROOT, "support/build/look_after_cache.py");
const PYTHONS = ["python3", "python"];
const MAX_BYTES = 256 * 1024 * 1024;

const ReleaseFields = {
  release: v.string(),
  /** `null`: its record cannot be read. */
  name: v.nullable(v.string()),
  version: v.nullable(v.string()),
  /** The last start; `null`: nobody knows. */
  usedAt: v.nullable(v.string()),
};
const ProblemsSchema = v.array(v.object({ path: v.string(), problem: v.string() }));
const ListedSchema = v.object({
  cache: v.string(),
  releases: v.array(v.object({ ...ReleaseFields, isInUse: v.boolean(), sizeBytes: v.number() })),
  layers: v.number(),
  /** On the disk, each file once; with what builds keep. */
  sizeBytes: v.number(),
});
const VerifiedSchema = v.object({
  cache: v.string(),
  layers: v.number(),
  problems: ProblemsSchema,
  notes: ProblemsSchema,
});
const RepairedSchema = v.object({
  cache: v.string(),
  problems: ProblemsSchema,
  removed: v.array(v.string()),
  /** They run; the next start makes another in their place. */
  condemned: v.array(v.string()),
  /** The release of the artifact that was named. */
  made: v.nullable(v.string()),
});
const PrunedSchema = v.object({
  cache: v.string(),
  isDryRun: v.boolean(),
  releases: v.array(v.object(ReleaseFields)),
  layers: v.array(
    v.object({ layer: v.string(), name: v.nullable(v.string()), version: v.nullable(v.string()) }),
  ),
  buildFiles: v.number(),
  /** A build may be running, so what builds keep stays. */
  isBuilding: v.boolean(),
  freedBytes: v.number(),
  kept: v.array(v.object({ ...ReleaseFields, reason: v.string() })),
});
const SCHEMAS = {
  list: ListedSchema,
  verify: VerifiedSchema,
  repair: RepairedSchema,
  prune: PrunedSchema,
  clear: PrunedSchema,
} as const;

export type CacheCommand = keyof typeof SCHEMAS;
export type ListedCache = v.InferOutput<typeof ListedSchema>;
export type VerifiedCache = v.InferOutput<typeof VerifiedSchema>;
export type RepairedCache = v.InferOutput<typeof RepairedSchema>;
export type PrunedCache = v.InferOutput<typeof PrunedSchema>;

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
): Promise<v.InferOutput<(typeof SCHEMAS)[Command]>> {
  const options = { env, signal, keepBytes: MAX_BYTES };
  const asked = [command, "--json", ...words];
  const { stdout, stderr } =
    artifact === undefined
      ? await runOwnProgram(asked, options)
      : await runProcess(["/bin/sh", resolve(scriptOf(artifact)), "--holdall", "cache", ...asked], options);
  if (stdout !== "") return v.parse(SCHEMAS[command], JSON.parse(stdout));
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
