import { availableParallelism } from "node:os";
import { type Artifact, placeOf, readPlace } from "./artifact.ts";
import { BrokenRule, quote } from "./broken-rule.ts";
import { explain } from "./explain.ts";
import {
  type IdentifiedLayer,
  type Identity,
  layerMember,
  listLayers,
  type Manifest,
  type Target,
} from "./manifest.ts";
import { verifyLayer } from "./verify-layer.ts";

export interface LayerVerified {
  readonly kind: "layer_verified";
  readonly layer: IdentifiedLayer;
  /** Compressed bytes of the layers that are done, and of all. */
  readonly doneBytes: number;
  readonly totalBytes: number;
}

export interface VerifyOptions {
  readonly onProgress?: ((event: LayerVerified) => void) | undefined;
  /** Its reason is thrown when it is aborted. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * Checks what openArtifact() left out: every layer is inflated within its limits, each entry and digest compared.
 * Then all of docs/artifact.md holds.
 * @throws AppError `artifact_damaged`, `layer_invalid`, `artifact_invalid`, `artifact_unreadable`.
 */
export async function verifyArtifact(
  artifact: Artifact,
  { onProgress, signal }: VerifyOptions = {},
): Promise<void> {
  const { manifest, path } = artifact;
  const layers = listLayers(manifest);
  const totalBytes = layers.reduce((sum, { transport }) => sum + transport.size, 0);
  let doneBytes = 0;
  const paths = new Map<Identity, readonly string[]>();
  await forEachOfSome(layers, async (layer) => {
    paths.set(layer.identity, await verifyOne(artifact, layer, signal));
    doneBytes += layer.transport.size;
    onProgress?.({ kind: "layer_verified", layer, doneBytes, totalBytes });
  });
  try {
    for (const target of manifest.targets) {
      checkInterpreter(target, manifest, paths);
      checkTogether(target, paths);
    }
  } catch (error) {
    throw explain(error, `cannot read ${path}`);
  }
}

/** @returns the paths in the layer. */
async function verifyOne(
  artifact: Artifact,
  layer: IdentifiedLayer,
  signal: AbortSignal | undefined,
): Promise<readonly string[]> {
  const place = placeOf(artifact, layerMember(layer.identity));
  const paths: string[] = [];
  await verifyLayer(() => readPlace(place, signal), layer, {
    source: artifact.path,
    crc32: place.crc32,
    onEntry: (entry) => paths.push(entry.path),
  });
  return paths;
}

/** A layer of kind `interpreter` has the interpreter of its target. */
function checkInterpreter(
  { layers: [first], python: { version, abi } }: Target,
  { layers }: Manifest,
  paths: ReadonlyMap<Identity, readonly string[]>,
): void {
  if (first === undefined || layers[first]?.kind !== "interpreter") return;
  const program = `python/bin/python${version}${abi.endsWith("t") ? "t" : ""}`;
  if (!paths.get(first)?.includes(program)) {
    throw new BrokenRule(`layer ${first} has no ${program}, which a target starts`);
  }
}

/** In one layer what is a file or link may not be a directory in another: placing would follow the link. */
function checkTogether({ layers }: Target, paths: ReadonlyMap<Identity, readonly string[]>): void {
  const all = new Set(layers.flatMap((identity) => paths.get(identity) ?? []));
  const directories = new Set<string>();
  for (const path of all) {
    for (let slash = path.lastIndexOf("/"); slash > 0; slash = path.lastIndexOf("/", slash - 1)) {
      const directory = path.slice(0, slash);
      if (directories.has(directory)) break;
      directories.add(directory);
      if (!all.has(directory)) continue;
      throw new BrokenRule(
        `path ${quote(path)} is below ${quote(directory)}, which is no directory in another layer`,
      );
    }
  }
}

/** A few at the same time: each keeps one thread busy with inflating. The error is that of the first, in order. */
async function forEachOfSome<Item>(
  items: readonly Item[],
  use: (item: Item) => Promise<void>,
): Promise<void> {
  const queue = items.entries();
  const errors: unknown[] = [];
  const work = async () => {
    for (const [index, item] of queue) {
      await use(item).catch((error: unknown) => {
        errors[index] = error;
      });
      if (errors.length > 0) return;
    }
  };
  await Promise.all(Array.from({ length: Math.min(4, availableParallelism()) }, work));
  const first = errors.find((error) => error !== undefined);
  if (first !== undefined) throw first;
}
