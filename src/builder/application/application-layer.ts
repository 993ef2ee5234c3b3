import { createHash } from "node:crypto";
import { writeLayer } from "../../artifact/layer.ts";
import { readSource } from "../../artifact/source.ts";
import type { LayerEntry } from "../../artifact/tar.ts";
import type { ArtifactLayer } from "../../artifact/write-artifact.ts";
import type { BuildRun } from "../build-run.ts";
import { type Elf, parseElf } from "../elf/elf.ts";
import { isElf } from "../elf/elf-view.ts";
import { cacheKey, findCachedLayer, layerDirectory, rememberLayer } from "../layer-cache.ts";

/** What is at each path of a layer, in a text that is the same for the same content. */
export type FileContents = Readonly<Record<string, string>>;

export interface EntriesLook {
  /** Of paths, kinds and contents: the same for the same layer, without packing it. */
  readonly digest: string;
  /** Digest of each file, or `link` and where it leads, by path. */
  readonly contents: FileContents;
  /** The machine code that is among them. */
  readonly elves: readonly Elf[];
}

/** Reads all entries once. */
export function lookAtEntries(entries: readonly LayerEntry[]): EntriesLook {
  const elves: Elf[] = [];
  const contents: Record<string, string> = {};
  const lines = entries.map((entry) => {
    if (entry.kind === "link") {
      contents[entry.path] = `link ${entry.target}`;
      return ["link", entry.path, entry.target];
    }
    const hash = createHash("sha256");
    const pieces: Buffer[] = [];
    let isMachineCode: boolean | undefined;
    for (const piece of readSource(entry.content, entry.path)) {
      hash.update(piece);
      isMachineCode ??= isElf(piece);
      if (isMachineCode) pieces.push(Buffer.from(piece)); // a piece is overwritten by the next one
    }
    const elf = isMachineCode ? parseElf(Buffer.concat(pieces)) : undefined;
    if (elf) elves.push(elf);
    const sha256 = hash.digest("hex");
    contents[entry.path] = sha256;
    return ["file", entry.path, entry.isExecutable, sha256];
  });
  return { digest: cacheKey(lines), contents, elves };
}

/** The layer of the application's own files; packed only when their digest is new. */
export async function packApplication(
  run: BuildRun,
  entries: readonly LayerEntry[],
  { name, version, digest }: { readonly name: string; readonly version: string; readonly digest: string },
): Promise<{ readonly layer: ArtifactLayer; readonly isMade: boolean }> {
  const known = findCachedLayer(run, "applications", digest);
  if (known?.layer !== undefined) return { layer: { ...known.layer, name, version }, isMade: false };
  const layer = {
    ...(await writeLayer(entries, layerDirectory(run), { kind: "application" })),
    name,
    version,
  };
  await rememberLayer(run, "applications", digest, { layer, scripts: {}, isNative: false, floor: undefined });
  return { layer, isMade: true };
}
