import { createHash } from "node:crypto";
import { writeLayer } from "../artifact/layer.ts";
import { readSource } from "../artifact/source.ts";
import type { LayerEntry } from "../artifact/tar.ts";
import type { ArtifactLayer } from "../artifact/write-artifact.ts";
import type { BuildRun } from "./build-run.ts";
import { cacheKey, findCachedLayer, layerDirectory, rememberLayer } from "./layer-cache.ts";

/** Digest of paths, kinds and contents: the same for the same layer, without packing it. */
export function digestEntries(entries: readonly LayerEntry[]): string {
  const lines = entries.map((entry) => {
    if (entry.kind === "link") return ["link", entry.path, entry.target];
    const hash = createHash("sha256");
    for (const piece of readSource(entry.content, entry.path)) hash.update(piece);
    return ["file", entry.path, entry.isExecutable, hash.digest("hex")];
  });
  return cacheKey(lines);
}

/** The layer of the application's own files; packed only when their digest is new. */
export async function packApplication(
  run: BuildRun,
  entries: readonly LayerEntry[],
  { name, version, digest }: { readonly name: string; readonly version: string; readonly digest: string },
): Promise<{ readonly layer: ArtifactLayer; readonly isMade: boolean }> {
  const known = await findCachedLayer(run, "applications", digest);
  if (known?.layer !== undefined) return { layer: { ...known.layer, name, version }, isMade: false };
  const layer = {
    ...(await writeLayer(entries, layerDirectory(run), { kind: "application" })),
    name,
    version,
  };
  await rememberLayer(run, "applications", digest, { layer, scripts: {}, isNative: false, floor: undefined });
  return { layer, isMade: true };
}
