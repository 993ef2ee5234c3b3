import { basename, join } from "node:path";
import type { Digest, Target } from "../artifact/manifest.ts";
import { renderPrefix } from "../artifact/prefix.ts";
import { readSupportMembers } from "../artifact/support-members.ts";
import { writeArtifact } from "../artifact/write-artifact.ts";
import { readAppFiles } from "../description/app-files.ts";
import type { Description } from "../description/description.ts";
import { readDescription } from "../description/read-description.ts";
import { planRequirements } from "../platforms/registry.ts";
import { VERSION } from "../system/package-root.ts";
import { withWorkDirectory } from "../system/work-directory.ts";
import { writeFileAtomic } from "../system/write-file.ts";

import { type BuildRun, reportStep } from "./build-run.ts";
import { compileLayers } from "./bytecode.ts";
import { checkImports } from "./check-imports.ts";
import { installDistributions } from "./distributions/install-distributions.ts";
import type { OnBuildEvent } from "./events.ts";
import { gatherSources, planInput } from "./gather-sources.ts";
import { machineOf } from "./libc-floor.ts";
import { HOLDALL_LOCK } from "./lock/holdall-lock.ts";
import { type Resolution, resolveLock } from "./lock/resolve-lock.ts";
import { findInterpreter } from "./python/find-interpreter.ts";
import { runBuildCommands } from "./run-build-commands.ts";
import { findUv } from "./uv/find-uv.ts";

export interface BuildOptions {
  /** Of the application, absolute. */
  readonly directory: string;
  /** Absolute; default: `NAME-VERSION-TARGET.holdall` in `outputDirectory`. */
  readonly output?: string | undefined;
  readonly outputDirectory: string;
  /** Version or path of the interpreter to build for. */
  readonly python?: string | undefined;
  /** The uv to use; default: that in PATH, else one that holdall keeps in its cache. */
  readonly uv?: string | undefined;
  /** Whether objects and scripts of the application are imported before the artifact is written. Default: yes. */
  readonly checkImports?: boolean;
  /** docs/building.md, "The cache". */
  readonly cacheDirectory: string;
  readonly env: NodeJS.ProcessEnv;
  readonly signal?: AbortSignal | undefined;
  readonly onEvent?: OnBuildEvent;
}

export interface BuiltArtifact {
  readonly path: string;
  /** Digest of the manifest. */
  readonly identity: Digest;
  readonly name: string;
  readonly version: string;
  /** Bytes of the file. */
  readonly size: number;
  readonly target: Pick<Target, "python" | "processor" | "libc">;
  readonly layers: { readonly made: number; readonly reused: number };
  /** Files that said what to install; `written` when holdall.lock is new or renewed. */
  readonly lock: { readonly paths: readonly string[]; readonly written: boolean };
  /** Names of the commands that the artifact runs. */
  readonly commands: readonly string[];
  /** What `serve` starts is there. */
  readonly canServe: boolean;
}

/**
 * Makes the artifact of the application in a directory. The cache is added to; besides it, only the artifact and
 * holdall.lock are written, both at the end.
 *
 * @throws AppError: that of reading descriptions and planning, and `python_not_found`, `build_command_failed`,
 * `lock_invalid`, `resolve_failed`, `index_unreachable`, `hash_mismatch`, `wheel_not_found`, `files_collide`,
 * `import_failed`, `layer_invalid`, `tool_not_found`.
 */
export async function buildArtifact(options: BuildOptions): Promise<BuiltArtifact> {
  const { directory, cacheDirectory: cache, env, signal, onEvent = () => {} } = options;
  return withWorkDirectory(join(cache, "work"), (work) =>
    build({ directory, work, cache, env, signal, onEvent }, options),
  );
}

async function build(run: BuildRun, options: BuildOptions): Promise<BuiltArtifact> {
  const { description } = await readDescription(run.directory);
  await runBuildCommands(run, description);
  const files = readAppFiles(run.directory);
  const interpreter = await findInterpreter(run, { wanted: options.python, requirement: description.python });
  const input = { description, files, interpreter, findUv: once(() => findUv(run, interpreter, options.uv)) };
  const resolution = await resolveLock(run, {
    ...input,
    environment: interpreter.markers,
    version: interpreter.version,
    planAdded: (locked) => planRequirements(planInput(input, locked)),
  });
  const installed = await installDistributions(run, resolution.distributions, input);
  const sources = await gatherSources(run, installed.distributions, input);
  const { plan, version, distributions, own } = sources;
  const others = sources.layers.filter((layer) => !own.includes(layer));
  const compiling = compileLayers(run, interpreter, sources.layers);
  const checking =
    options.checkImports === false
      ? undefined
      : checkImports(run, { description, plan, interpreter, layers: others, own, distributions });
  // Both to their ends, also when one fails: neither may outlive the work directory.
  await Promise.allSettled([compiling, checking]);
  await checking;
  const bytecode = await compiling;
  const layers = [...sources.layers, ...bytecode.layers];

  const python = { implementation: "cpython", version: interpreter.version, abi: interpreter.abi } as const;
  const machine = machineOf(distributions, interpreter);
  const target = { python, ...machine, layers: layers.map(({ identity }) => identity), plan };
  const { name } = description;
  const file = `${name}-${version}-${interpreter.abi}-${machine.processor}.holdall`;
  const path = options.output ?? join(options.outputDirectory, file);
  const content = {
    ...{ holdall: VERSION, name, version, targets: [target], layers, renderPrefix },
    description: withoutUndefined({ ...description, lock: lockOf(description, resolution) }),
    support: await readSupportMembers(),
  };
  const written = await reportStep(run, "write-artifact", { subject: basename(path) }, () =>
    writeArtifact(content, path),
  );
  const isNewLock = resolution.renewed !== undefined;
  if (isNewLock) await writeFileAtomic(join(run.directory, HOLDALL_LOCK), resolution.renewed);
  const made = installed.made + sources.made + bytecode.made;
  return {
    ...{ path, identity: written.identity, name, version, size: written.size },
    target: { python, ...machine },
    layers: { made, reused: layers.length - made },
    lock: { paths: resolution.paths, written: isNewLock },
    commands: Object.keys(plan.commands),
    canServe: plan.processes["web"] !== undefined,
  };
}

/** The same for the build that writes holdall.lock and for those that find it. */
function lockOf({ lock }: Description, { paths }: Resolution): Description["lock"] {
  if (lock !== undefined && lock.kind !== "holdall") return lock;
  return paths.includes(HOLDALL_LOCK) ? { kind: "holdall", path: HOLDALL_LOCK } : undefined;
}

/** As JSON has it: what is absent has no key. */
function withoutUndefined(value: object): Record<string, unknown> {
  return JSON.parse(JSON.stringify(value)) as Record<string, unknown>; // an object stays one
}

function once<Result>(make: () => Promise<Result>): () => Promise<Result> {
  let made: Promise<Result> | undefined;
  return () => {
    made ??= make();
    return made;
  };
}
