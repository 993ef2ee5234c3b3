import { mkdtemp } from "node:fs/promises";
import { basename, join } from "node:path";
import type { Digest, Target } from "../artifact/manifest.ts";
import { renderPrefix } from "../artifact/prefix.ts";
import { readSupportMembers } from "../artifact/support-members.ts";
import { writeArtifact } from "../artifact/write-artifact.ts";
import { readAppFiles } from "../description/app-files.ts";
import type { Description } from "../description/description.ts";
import { readDescription } from "../description/read-description.ts";
import type { TargetPlatform } from "../description/target-platform.ts";
import { readTargetWords } from "../description/target-words.ts";
import { listNotes, planRequirements } from "../platforms/registry.ts";
import { VERSION } from "../system/package-root.ts";
import { withWorkDirectory } from "../system/work-directory.ts";
import { writeFileAtomic } from "../system/write-file.ts";
import { type Assumptions, type BuildRun, reportStep } from "./build-run.ts";
import type { OnBuildEvent } from "./events.ts";
import { planInput } from "./gather-sources.ts";
import { checkInside } from "./inside/check-inside.ts";
import { HOLDALL_LOCK } from "./lock/holdall-lock.ts";
import { type Resolution, resolveLock } from "./lock/resolve-lock.ts";
import { describeMachine } from "./python/managed-interpreter.ts";
import { runBuildCommands } from "./run-build-commands.ts";
import { compileSupport } from "./support-bytecode.ts";
import { arrangeTargets, nameTargets } from "./target/arrange-targets.ts";
import type { BuildTarget } from "./target/build-target.ts";
import { type MadeTarget, makeTarget, uniteLayers } from "./target/make-target.ts";
import { planTargets } from "./target/plan-targets.ts";
import { findUv } from "./uv/find-uv.ts";

export interface BuildOptions {
  /** Of the application, absolute. */
  readonly directory: string;
  /** Absolute; default: `NAME-VERSION-TARGETS.holdall` in `outputDirectory`. */
  readonly output?: string | undefined;
  readonly outputDirectory: string;
  /** Versions or paths of the interpreters to build for, the preferred one first; default: the one that fits best. */
  readonly pythons?: readonly string[] | undefined;
  /** Machines to build for; default: those of the description, else machines like this one. */
  readonly targets?: readonly TargetPlatform[] | undefined;
  /** Whether the artifact brings its own Python. Default: what the description says. */
  readonly withPython?: boolean | undefined;
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
  /** The preferred one first. */
  readonly targets: readonly Pick<Target, "python" | "processor" | "libc">[];
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
 * `import_failed`, `layer_invalid`, `tool_not_found`, `interpreter_unusable`, `packages_need_host_python`.
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
  const assumptions: Assumptions = [];
  try {
    return await make({ ...run, assumptions }, options, description);
  } catch (error) {
    if ((await areRight(assumptions)) || run.signal?.aborted) throw error;
    const work = await mkdtemp(join(run.work, "again-"));
    return await make({ ...run, work }, options, description);
  }
}

async function areRight(assumptions: Assumptions): Promise<boolean> {
  const settled = await Promise.allSettled(assumptions); // none may outlive the work directory
  return settled.every((each) => each.status === "fulfilled" && each.value);
}

async function make(run: BuildRun, options: BuildOptions, description: Description): Promise<BuiltArtifact> {
  const files = readAppFiles(run.directory);
  const described = readTargetWords(description.targets);
  const targets = await planTargets(run, {
    pythons: options.pythons?.length ? options.pythons : described.pythons,
    platforms: options.targets?.length ? options.targets : described.platforms,
    requirement: description.python,
    findUv: once(() => findUv(run, describeMachine(), options.uv)),
  });
  const isInside = options.withPython || description.interpreter === "inside";
  if (isInside) checkInside(description, targets);
  const [{ interpreter }] = targets;
  const input = { description, files, findUv: once(() => findUv(run, interpreter, options.uv)) };
  const resolution = await resolveLock(run, {
    ...input,
    targets,
    planAdded: (locked) => planRequirements(planInput(input, locked)),
  });
  for (const message of listNotes(planInput(input, resolution.selections[0] ?? [])))
    run.onEvent({ kind: "note", message });
  const made: MadeTarget[] = [];
  for (const [index, target] of targets.entries()) {
    await made.at(-1)?.verdict;
    const isChecked = options.checkImports !== false;
    made.push(
      await makeTarget(run, resolution.selections[index] ?? [], { ...input, target, isChecked, isInside }),
    );
  }
  // The imports of the last target are still being checked: the file gets its name when they are known to work.
  const verdict = judge(run, made.at(-1)?.verdict);
  verdict.catch(() => {}); // is thrown where it is awaited: before the rename
  try {
    return await finish(run, options, { description, targets, resolution, made, isInside, verdict });
  } finally {
    await Promise.allSettled([verdict]);
  }
}

/** Nothing gets its name before what was assumed is known to be right. */
async function judge({ assumptions = [] }: BuildRun, verdict: Promise<void> | undefined): Promise<void> {
  const [areSame] = await Promise.all([areRight(assumptions), verdict]);
  if (!areSame) throw new Error("another interpreter was assumed than there is");
}

interface Made {
  readonly description: Description;
  readonly targets: readonly BuildTarget[];
  readonly resolution: Resolution;
  readonly made: readonly MadeTarget[];
  readonly isInside: boolean;
  readonly verdict: Promise<void>;
}

/** Writes the artifact, and the lock when it is new. */
async function finish(
  run: BuildRun,
  options: BuildOptions,
  { description, targets, resolution, made, isInside, verdict }: Made,
): Promise<BuiltArtifact> {
  const layers = uniteLayers(made);
  const arranged = arrangeTargets(made);
  const { name } = description;
  const version = made[0]?.version ?? "0";
  const file = `${name}-${version}-${nameTargets(arranged)}.holdall`;
  const path = options.output ?? join(options.outputDirectory, file);
  const support = await readSupportMembers();
  const interpreters = targets.map((target) => target.interpreter);
  const compiled = await compileSupport(run, interpreters, support);
  const content = {
    ...{ holdall: VERSION, name, version, targets: arranged, layers, renderPrefix },
    description: withoutUndefined({
      ...description,
      ...(isInside && { interpreter: "inside" }),
      lock: lockOf(description, resolution),
    }),
    support: { ...support, ...compiled },
  };
  const written = await reportStep(run, "write-artifact", { subject: basename(path) }, () =>
    writeArtifact(content, path, { verdict }),
  );
  const isNewLock = resolution.renewed !== undefined;
  if (isNewLock) await writeFileAtomic(join(run.directory, HOLDALL_LOCK), resolution.renewed);
  const countMade = new Set(made.flatMap((each) => each.madeLayers)).size;
  const plans = arranged.map(({ plan }) => plan);
  return {
    ...{ path, identity: written.identity, name, version, size: written.size },
    targets: arranged.map(({ python, processor, libc }) => ({ python, processor, ...(libc && { libc }) })),
    layers: { made: countMade, reused: layers.length - countMade },
    lock: { paths: resolution.paths, written: isNewLock },
    commands: [...new Set(plans.flatMap(({ commands }) => Object.keys(commands)))],
    canServe: plans.some(({ processes }) => processes["web"] !== undefined),
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
