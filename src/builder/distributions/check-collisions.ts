import { AppError } from "../../errors/app-error.ts";
import type { BuildRun } from "../build-run.ts";
import { cacheKey, readLayerFiles } from "../layer-cache.ts";
import { hasNothingToSay, rememberNothingToSay } from "../silent-verdict.ts";
import type { InstalledDistribution } from "./install-distributions.ts";

/** Paths of one distribution with the digest of what is there. */
export interface PlacedFiles {
  readonly name: string;
  readonly digests: Readonly<Record<string, string>>;
}

export interface Collision {
  readonly path: string;
  /** The one whose file is in the release is the last. */
  readonly names: readonly [string, string];
  /** Modules of one name: one of the two would be imported by both. */
  readonly isFatal: boolean;
}

/**
 * Refuses distributions whose modules overwrite one another, and warns of other files that do. The same set of layers is
 * looked at once.
 *
 * @throws AppError `files_collide`.
 */
export async function checkCollisions(
  run: BuildRun,
  distributions: readonly InstalledDistribution[],
): Promise<void> {
  const layers = distributions.flatMap(({ name, layer }) => (layer === undefined ? [] : [{ name, layer }]));
  const key = cacheKey(["collisions", layers.map(({ layer }) => layer.identity)]);
  if (hasNothingToSay(run, key)) return;
  const placed = await Promise.all(
    layers.map(async ({ name, layer }) => {
      return { name, digests: await readLayerFiles(run, layer.identity) };
    }),
  );
  const collisions = listCollisions(placed);
  const fatal = collisions.find(({ isFatal }) => isFatal);
  if (fatal !== undefined) throw collide(fatal);
  for (const { path, names } of collisions.slice(0, 5)) {
    run.onEvent({
      kind: "warning",
      message: `${names[0]} and ${names[1]} both have ${path}: that of ${names[1]} is used`,
    });
  }
  if (collisions.length === 0) await rememberNothingToSay(run, key);
}

/** Directories that packagers put beside their package by mistake: nobody imports them. */
const STRAY = /^site-packages\/(tests?|testing|docs?|examples?|benchmarks?|scripts|tools)\//;

/** Files of different content at one path, and files where another has a directory; in the order given. */
export function listCollisions(distributions: readonly PlacedFiles[]): Collision[] {
  const owners = new Map<string, { readonly name: string; readonly digest: string }>();
  const directories = new Map<string, string>();
  const collisions: Collision[] = [];
  for (const { name, digests } of distributions) {
    for (const [path, digest] of Object.entries(digests)) {
      const other = owners.get(path);
      if (other !== undefined && other.digest !== digest) {
        const isFatal = /\.(py|so)$/.test(path) && path.startsWith("site-packages/") && !STRAY.test(path);
        collisions.push({ path, names: [other.name, name], isFatal });
      }
      owners.set(path, { name, digest });
      for (let end = path.lastIndexOf("/"); end > 0; end = path.lastIndexOf("/", end - 1)) {
        const directory = path.slice(0, end);
        if (directories.has(directory)) break;
        directories.set(directory, name);
      }
    }
  }
  for (const [path, { name }] of owners) {
    const other = directories.get(path);
    if (other !== undefined) collisions.push({ path, names: [name, other], isFatal: true });
  }
  return collisions;
}

function collide({ path, names: [first, second] }: Collision): AppError {
  const shown = path.replace(/^site-packages\//, "");
  return new AppError({
    code: "files_collide",
    message: `cannot put ${first} and ${second} into one artifact: both have ${shown}, and they differ`,
    hint: "Require only one of the two.",
    details: { path, distributions: [first, second] },
  });
}
