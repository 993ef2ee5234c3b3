import { rm } from "node:fs/promises";
import { availableParallelism } from "node:os";
import type { Identity } from "../../artifact/manifest.ts";
import { AppError } from "../../errors/app-error.ts";
import { type BuildRun, reportStep } from "../build-run.ts";
import { type CachedLayer, cacheKey, findCachedLayer, rememberLayer } from "../layer-cache.ts";
import type { LockedDistribution } from "../lock/lock.ts";
import { type BuildTarget, uvPlatform } from "../target/build-target.ts";
import type { Uv } from "../uv/run-uv.ts";
import { installElsewhere } from "./install-elsewhere.ts";
import { installPins } from "./install-pins.ts";
import { packDistribution } from "./pack-distribution.ts";

export interface InstalledDistribution extends CachedLayer {
  readonly name: string;
  readonly version: string;
}

/** To be raised when the same wheel would give another layer. */
const LAYER_VERSION = 3;
const PARALLEL = availableParallelism();

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
    const known = findCachedLayer(run, "distributions", keyOf(one));
    if (known !== undefined) found.set(one, known);
  }
  const missing = locked.filter((one) => !found.has(one));
  if (missing.length > 0) {
    const uv = await findUv();
    await reportStep(run, "install", { count: missing.length }, async () => {
      // All at once first: uv fetches in parallel and names every problem; afterwards each comes from its cache.
      if (missing.length > 1) await fetchAll(run, uv, target, missing);
      await forEachParallel(missing, async (one) => {
        const prefix = target.isLocal
          ? await installPins(run, uv, target, { label: one.name, pins: [one], mayBuild: true })
          : await installElsewhere(run, uv, target, one);
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

async function fetchAll(
  run: BuildRun,
  uv: Uv,
  target: BuildTarget,
  pins: readonly LockedDistribution[],
): Promise<void> {
  try {
    const prefix = await installPins(run, uv, target, { label: "all", pins, mayBuild: target.isLocal });
    await rm(prefix, { recursive: true, force: true });
  } catch (error) {
    // For other machines each one is looked at by itself: perhaps its source will do.
    if (target.isLocal || !(error instanceof AppError) || error.code !== "wheel_not_found") throw error;
  }
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
