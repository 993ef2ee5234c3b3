import { mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Identity } from "../../artifact/manifest.ts";
import { type BuildRun, reportStep } from "../build-run.ts";
import { type CachedLayer, cacheKey, findCachedLayer, rememberLayer } from "../layer-cache.ts";
import { type LockedDistribution, renderPin } from "../lock/lock.ts";
import { type BuildTarget, renderBuildTarget, uvPlatform } from "../target/build-target.ts";
import { runUv, type Uv } from "../uv/run-uv.ts";
import { packDistribution } from "./pack-distribution.ts";

export interface InstalledDistribution extends CachedLayer {
  readonly name: string;
  readonly version: string;
}

/** To be raised when the same wheel would give another layer. */
const LAYER_VERSION = 1;
const PARALLEL = 2;

/**
 * The layer of each distribution of the lock, from the cache or installed now.
 *
 * One that has to be made is installed alone: in a prefix that it shares, a file that two of them have would be that
 * of the last, and layers would depend on their company.
 *
 * @throws AppError `hash_mismatch`, `index_unreachable`, `wheel_not_found`, `layer_invalid`.
 */
export async function installDistributions(
  run: BuildRun,
  locked: readonly LockedDistribution[],
  { target, findUv }: { readonly target: BuildTarget; readonly findUv: () => Promise<Uv> },
): Promise<{ readonly distributions: readonly InstalledDistribution[]; readonly made: readonly Identity[] }> {
  const keyOf = ({ name, version, hashes }: LockedDistribution) =>
    cacheKey([LAYER_VERSION, name, version, hashes, target.interpreter.abi, uvPlatform(target)]);
  const found = new Map<LockedDistribution, CachedLayer>();
  for (const one of locked) {
    const known = await findCachedLayer(run, "distributions", keyOf(one));
    if (known !== undefined) found.set(one, known);
  }
  const missing = locked.filter((one) => !found.has(one));
  if (missing.length > 0) {
    const uv = await findUv();
    await reportStep(run, "install", { count: missing.length }, async () => {
      // All at once first: uv fetches in parallel and names every problem; afterwards each comes from its cache.
      if (missing.length > 1) {
        await rm(await installInto(run, uv, target, missing, "all"), { recursive: true, force: true });
      }
      await forEachParallel(missing, async (one) => {
        const prefix = await installInto(run, uv, target, [one]);
        const packed = await packDistribution(run, prefix, target);
        await rm(prefix, { recursive: true, force: true });
        await rememberLayer(run, "distributions", keyOf(one), packed);
        found.set(one, packed);
      });
    });
  }
  const distributions = locked.map((one) => {
    const layer = found.get(one);
    if (layer === undefined) throw new Error(`${one.name} was not installed`);
    return { name: one.name, version: one.version, ...layer };
  });
  const made = missing.flatMap((one) => found.get(one)?.layer?.identity ?? []);
  return { distributions, made };
}

/** @returns the prefix. */
async function installInto(
  run: BuildRun,
  uv: Uv,
  target: BuildTarget,
  pins: readonly LockedDistribution[],
  label = pins[0]?.name ?? "none",
): Promise<string> {
  const { executable, version } = target.interpreter;
  const directory = join(run.work, "install", label);
  const prefix = join(directory, "prefix");
  const requirements = join(directory, "requirements.txt");
  await mkdir(directory, { recursive: true });
  await writeFile(requirements, `${pins.map(renderPin).join("\n")}\n`);
  await runUv(run, uv, {
    args: [
      ...["pip", "install", "--prefix", prefix, "--python", executable],
      ...["--python-version", version, "--python-platform", uvPlatform(target)],
      ...["--no-deps", "--require-hashes", "--link-mode", "hardlink", "--no-compile-bytecode"],
      ...(label === "all" ? [] : ["-q"]),
      ...["-r", requirements],
    ],
    step: "install",
    target: renderBuildTarget(target),
    goal: pins.length === 1 ? `install ${pins[0]?.name} ${pins[0]?.version}` : "install the distributions",
  });
  return prefix;
}

/** The first error ends it, once what is under way has ended. */
async function forEachParallel<Item>(
  items: readonly Item[],
  work: (item: Item) => Promise<void>,
): Promise<void> {
  const queue = [...items];
  const worker = async () => {
    for (let item = queue.shift(); item !== undefined; item = queue.shift()) {
      try {
        await work(item);
      } catch (error) {
        queue.length = 0;
        throw error;
      }
    }
  };
  const results = await Promise.allSettled(Array.from({ length: PARALLEL }, worker));
  const failed = results.find((result) => result.status === "rejected");
  if (failed !== undefined) throw failed.reason;
}
