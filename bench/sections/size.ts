import { readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { constants, gunzipSync, gzipSync, zstdCompressSync } from "node:zlib";
import { placeOf, readPlace } from "../../src/artifact/artifact.ts";
import { listLayers } from "../../src/artifact/manifest.ts";
import { openArtifact } from "../../src/artifact/open-artifact.ts";
import type { Entry } from "../entry.ts";
import { run } from "../run.ts";
import type { Table, Value } from "../table.ts";

const bytes = (count: number): Value => ({ kind: "bytes", bytes: count });

/** How much has to be moved to a host. */
export async function measureSizes(entries: readonly Entry[]): Promise<Table> {
  const size = new Map<string, Value>();
  const zstd = new Map<string, Value>();
  for (const entry of entries) {
    if (entry.name === "holdall") {
      const all = await sizeArtifact(entry);
      size.set("holdall", bytes(all.bytes)).set("holdall, without bytecode", bytes(all.plainBytes));
      zstd.set("holdall", bytes(all.zstdBytes)).set("holdall, without bytecode", bytes(all.plainZstdBytes));
    } else if (statSync(entry.input.output).isFile()) {
      size.set(entry.name, bytes(statSync(entry.input.output).size));
    } else {
      packDirectory(entry, { size, zstd });
    }
  }
  return {
    id: "size",
    application: entries[0]?.application.title ?? "",
    title: "Sizes",
    text: TEXT,
    columns: [
      { name: "size", base: "shiv", values: size },
      { name: "would be with zstd", values: zstd },
    ],
  };
}

const TEXT = `A holdall artifact has bytecode, and is counted without it, too. Of pex only \`--compile\` has it,
shiv compiles at the first start if at all. A venv and PyInstaller have it as well; directories are packed by \`tar\`, with gzip as usual. PyInstaller's have
a Python inside. Artifacts have gzip; \`would be\` is an estimate: each layer compressed again by zstd at level 9, in one
thread.`;

interface ArtifactSizes {
  readonly bytes: number;
  readonly zstdBytes: number;
  readonly plainBytes: number;
  readonly plainZstdBytes: number;
}

async function sizeArtifact({ input }: Entry): Promise<ArtifactSizes> {
  const artifact = await openArtifact(input.output);
  const { size } = statSync(input.output);
  let [zstdBytes, bytecodeBytes, bytecodeZstdBytes] = [size, 0, 0];
  for (const { kind, identity, transport } of listLayers(artifact.manifest)) {
    const place = placeOf(artifact, `layers/${identity.slice("sha256:".length)}.tar.gz`);
    const pieces: Buffer[] = [];
    for await (const piece of readPlace(place)) pieces.push(piece);
    const again = countZstd(gunzipSync(Buffer.concat(pieces)));
    zstdBytes += again - transport.size;
    if (kind !== "bytecode") continue;
    bytecodeBytes += transport.size;
    bytecodeZstdBytes += again;
  }
  return {
    bytes: size,
    zstdBytes,
    plainBytes: size - bytecodeBytes,
    plainZstdBytes: zstdBytes - bytecodeZstdBytes,
  };
}

function countZstd(content: Uint8Array): number {
  return zstdCompressSync(content, { params: { [constants.ZSTD_c_compressionLevel]: 9 } }).length;
}

interface Sizes {
  readonly size: Map<string, Value>;
  readonly zstd: Map<string, Value>;
}

/** A tree as one file: the venv also without its bytecode. */
function packDirectory({ name, input }: Entry, { size, zstd }: Sizes): void {
  const variants: [name: string, words: readonly string[]][] = [[name, []]];
  if (name === "clean venv") variants.push([`${name}, without bytecode`, ["--exclude=__pycache__"]]);
  const tree = join(input.cache, "tree.tar");
  for (const [variant, words] of variants) {
    const options = { cwd: input.lab.scratch, env: input.env };
    run(["tar", "-cf", tree, ...words, "-C", input.output, "."], options);
    const content = readFileSync(tree);
    size.set(variant, bytes(gzipSync(content).length));
    zstd.set(variant, bytes(countZstd(content)));
  }
}
