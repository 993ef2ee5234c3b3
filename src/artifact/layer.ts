import { randomBytes } from "node:crypto";
import { mkdir, open, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { compareBytes } from "./byte-order.ts";
import { explain } from "./explain.ts";
import { gzip } from "./gzip.ts";
import { MAX_FILE_SIZE, MAX_LAYER_SIZE } from "./limits.ts";
import { type Identity, type Layer, type LayerKind, toIdentity } from "./manifest.ts";
import { Measure } from "./measure.ts";
import { type LayerEntry, writeTar } from "./tar.ts";

/** A layer on disk, with all that its line in a manifest and its header in an archive need. */
export interface WrittenLayer extends Pick<Layer, "kind" | "size" | "files" | "transport"> {
  readonly identity: Identity;
  /** CRC-32 of the compressed bytes. */
  readonly crc32: number;
  /** The file with the compressed bytes. */
  readonly path: string;
}

/**
 * Writes `DIGEST.tar.gz` into `directory`, which is made when it is not there. The same entries give the same bytes;
 * a file of that name is replaced, in one step. Holds little in memory, however large the layer is.
 * @param entries - in any order.
 * @throws AppError `layer_invalid` when an entry breaks a rule of docs/artifact.md or changed while it was read,
 * `file_unwritable`.
 */
export async function writeLayer(
  entries: readonly LayerEntry[],
  directory: string,
  { kind }: { readonly kind: LayerKind },
): Promise<WrittenLayer> {
  const sorted = entries.toSorted((a, b) => compareBytes(a.path, b.path));
  const tar = new Measure();
  const compressed = new Measure();
  await mkdir(directory, { recursive: true });
  const staged = join(directory, `.layer-${randomBytes(8).toString("hex")}`);
  try {
    const bytes = tar.pass(writeTar(sorted, kind), { limit: MAX_LAYER_SIZE });
    await writeSynced(staged, compressed.pass(gzip(bytes), { limit: MAX_FILE_SIZE }));
    const { sha256: digest, size } = tar.result();
    const { crc32, ...content } = compressed.result();
    const path = join(directory, `${digest}.tar.gz`);
    await rename(staged, path);
    const transport = { encoding: "gzip", ...content } as const;
    return { kind, identity: toIdentity(digest), size, files: sorted.length, transport, crc32, path };
  } catch (error) {
    await rm(staged, { force: true });
    const codes = { broken: "layer_invalid", system: "file_unwritable" } as const;
    throw explain(error, `cannot pack the ${kind} layer`, codes);
  }
}

async function writeSynced(path: string, bytes: AsyncIterable<Uint8Array>): Promise<void> {
  const file = await open(path, "wx");
  try {
    await file.writeFile(bytes);
    await file.sync();
  } finally {
    await file.close();
  }
}
