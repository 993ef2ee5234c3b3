import { Damaged } from "./broken-rule.ts";
import { explain } from "./explain.ts";
import { gunzip } from "./gzip.ts";
import { type IdentifiedLayer, toIdentity } from "./manifest.ts";
import { Measure } from "./measure.ts";
import { readTar } from "./tar.ts";
import type { TarEntry } from "./tar-header.ts";

export interface VerifyLayerOptions {
  /** What the message says was read: `app.holdall`. */
  readonly source: string;
  /** Of the compressed bytes, when an archive's header says one. */
  readonly crc32?: number | undefined;
  /** Called for each entry of the tar, in order, before the layer as a whole is known to be right. */
  readonly onEntry?: ((entry: TarEntry) => void) | undefined;
}

/**
 * Compares the compressed bytes with their digest, then inflates them and checks every entry, size and identity.
 * @param read - the compressed bytes from their start; called twice. They are untrusted.
 * @throws AppError `artifact_damaged` when a size or digest differs; `layer_invalid` when the bytes are as the manifest
 * says, and break a rule.
 */
export async function verifyLayer(
  read: () => AsyncIterable<Uint8Array>,
  layer: IdentifiedLayer,
  { source, crc32, onEntry }: VerifyLayerOptions,
): Promise<void> {
  try {
    await checkTransport(read(), layer, crc32);
    await checkTar(read(), layer, onEntry);
  } catch (error) {
    const subject = `cannot read ${source}: ${layer.kind} layer ${layer.name} ${layer.version}`;
    throw explain(error, subject, { broken: "layer_invalid" });
  }
}

async function checkTransport(
  bytes: AsyncIterable<Uint8Array>,
  { transport }: IdentifiedLayer,
  crc32: number | undefined,
): Promise<void> {
  const compressed = new Measure();
  for await (const _ of compressed.pass(bytes, { limit: transport.size }));
  const found = compressed.result();
  if (found.size !== transport.size) throw new Damaged(`it has ${found.size} bytes, not ${transport.size}`);
  if (found.sha256 !== transport.sha256) throw new Damaged("its compressed bytes have another digest");
  if (crc32 !== undefined && found.crc32 !== crc32) throw new Damaged("its bytes have another CRC-32");
}

async function checkTar(
  bytes: AsyncIterable<Uint8Array>,
  layer: IdentifiedLayer,
  onEntry: (entry: TarEntry) => void = () => {},
): Promise<void> {
  const tar = new Measure();
  const limit = layer.size;
  const inflated = gunzip(bytes, { compressedSize: layer.transport.size, limit });
  let files = 0;
  for await (const part of readTar(tar.pass(inflated, { limit }), layer.kind)) {
    if (part.kind === "content") continue;
    files += 1;
    onEntry(part);
  }
  const { sha256, size } = tar.result();
  if (size !== layer.size) throw new Damaged(`it inflates to ${size} bytes, not ${layer.size}`);
  if (files !== layer.files) throw new Damaged(`it has ${files} entries, not ${layer.files}`);
  if (toIdentity(sha256) !== layer.identity) throw new Damaged("it inflates to another identity");
}
