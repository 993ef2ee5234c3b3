import { join } from "node:path";
import type { Plan } from "../../artifact/plan.ts";
import { readAppFiles } from "../../description/app-files.ts";
import type { Description } from "../../description/description.ts";
import { readDescription } from "../../description/read-description.ts";
import { isBuilt } from "../../platforms/python/source-roots.ts";
import { planApplication, planRequirements } from "../../platforms/registry.ts";
import { errnoOf } from "../../system/file-errors.ts";
import { withWorkDirectory } from "../../system/work-directory.ts";
import { writeFileAtomic } from "../../system/write-file.ts";
import type { BuildRun } from "../build-run.ts";
import type { OnBuildEvent } from "../events.ts";
import { planInput } from "../gather-sources.ts";
import { HOLDALL_LOCK, TEST_LOCK } from "../lock/holdall-lock.ts";
import { resolveLock } from "../lock/resolve-lock.ts";
import { resolveTestLock } from "../lock/resolve-test-lock.ts";
import { planTargets } from "../target/plan-targets.ts";
import { findUv } from "../uv/find-uv.ts";
import { ensurePrefix } from "./ensure-prefix.ts";
import { finishPrefix } from "./finish-prefix.ts";
import { linkSystemPackages } from "./link-system-packages.ts";

export interface CheckoutOptions {
  /** Of the application, absolute. */
  readonly directory: string;
  /** Absolute directory that private virtual environments are made in; asked for when the description is known to be right. */
  readonly environments: () => Promise<string>;
  /** Version or path of the Python; default: that of HOLDALL_PYTHON, or the one that fits best. */
  readonly python?: string | undefined;
  /** The uv to use; default: that in PATH, else one that holdall keeps in its cache. */
  readonly uv?: string | undefined;
  /** Whether the plan is that of development. Default: as in an artifact. */
  readonly isDevelopment?: boolean | undefined;
  /** What only the tests need is there, too. Default: no. */
  readonly forTests?: boolean | undefined;
  /** docs/building.md, "The cache". */
  readonly cacheDirectory: string;
  readonly env: NodeJS.ProcessEnv;
  readonly signal?: AbortSignal | undefined;
  readonly onEvent?: OnBuildEvent | undefined;
}

export interface PreparedCheckout {
  readonly description: Description;
  readonly plan: Plan;
  readonly version: string;
  /** Absolute directory of the virtual environment with all that the locks name. */
  readonly prefix: string;
  /** Whether it was made now: the locks, the Python or the application's metadata are new. */
  readonly isNew: boolean;
}

/**
 * Makes an application's checkout ready to run: its dependencies in a private virtual environment, as the locks say, and its
 * own files where they are. What is in step already costs a few file reads. A build's layers are not needed.
 *
 * @throws AppError as `buildArtifact` does, but for what it says of layers.
 */
export async function prepareCheckout(options: CheckoutOptions): Promise<PreparedCheckout> {
  const { directory, cacheDirectory: cache, env, signal, onEvent = () => {} } = options;
  return withWorkDirectory(join(cache, "work"), (work) =>
    prepare({ directory, work, cache, env, signal, onEvent }, options),
  );
}

/** In a checkout that cannot be written, the application can be run all the same. */
async function writeLock(
  { directory, onEvent }: BuildRun,
  name: string,
  text: string | undefined,
): Promise<void> {
  if (text === undefined) return;
  await writeFileAtomic(join(directory, name), text).catch((error: unknown) => {
    const errno = errnoOf(error);
    if (errno !== "EROFS" && errno !== "EACCES") throw error;
    const message = `${name} cannot be written (${errno}): what it would keep is resolved anew each time`;
    onEvent({ kind: "warning", message });
  });
}

async function prepare(run: BuildRun, options: CheckoutOptions): Promise<PreparedCheckout> {
  const { description } = await readDescription(run.directory);
  const files = readAppFiles(run.directory);
  const python = options.python ?? run.env["HOLDALL_PYTHON"]; // as for an artifact: docs/starting.md
  const [target] = await planTargets(run, {
    pythons: python ? [python] : [],
    platforms: [],
    requirement: description.python,
    findUv: async () => {
      throw new Error("a Python of the machine needs no uv");
    },
  });
  const { interpreter } = target;
  const input = { description, files, findUv: () => findUv(run, interpreter, options.uv) };
  const resolution = await resolveLock(run, {
    ...input,
    targets: [target],
    planAdded: (locked) => planRequirements(planInput(input, locked)),
  });
  const tests = options.forTests
    ? await resolveTestLock(run, { ...input, target, locked: resolution.locked })
    : { pins: [], renewed: undefined };
  const pins = [...(resolution.selections[0] ?? []), ...tests.pins];
  const environments = await options.environments();
  const ensured = await ensurePrefix(run, {
    // That of the tests is beside the other, which stays as it is.
    environments: tests.pins.length > 0 ? join(environments, "tests") : environments,
    ...{ interpreter, pins, files },
    isProject: isBuilt(input),
    findUv: input.findUv,
  });
  await writeLock(run, HOLDALL_LOCK, resolution.renewed);
  await writeLock(run, TEST_LOCK, tests.renewed);
  // What only the tests need decides nothing about how the application is started.
  const own = ensured.distributions.filter(({ name }) => !tests.pins.some((pin) => pin.name === name));
  const { isDevelopment, forTests } = options;
  const plan = planApplication({ ...planInput({ ...input, isDevelopment }, own), forTests });
  await finishPrefix(ensured.prefix, { plan, interpreter, app: run.directory });
  await linkSystemPackages(run, ensured.prefix, { plan, interpreter });
  const itself = own.find(({ name }) => name === description.name);
  const version = description.version ?? itself?.version ?? "0";
  return { description, plan, version, prefix: ensured.prefix, isNew: ensured.isNew };
}
