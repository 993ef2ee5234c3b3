import { AppError } from "../errors/app-error.ts";
import { BrokenRule } from "./broken-rule.ts";
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
  const subject = `cannot read ${source}: ${layer.kind} layer ${layer.name} ${layer.version}`;
  const damaged = (what: string) =>
    new AppError({
      code: "artifact_damaged",
      message: `${subject}: ${what}`,
      hint: "Copy it again from where it was built, or build it again.",
      details: { identity: layer.identity },
    });
  const { transport } = layer;
  const compressed = new Measure();
  const tar = new Measure();
  let files = 0;
  try {
    await consume(compressed.pass(read(), { limit: transport.size }));
    const found = compressed.result();
    if (found.size !== transport.size) throw damaged(`it has ${found.size} bytes, not ${transport.size}`);
    if (found.sha256 !== transport.sha256) throw damaged("its compressed bytes have another digest");
    if (crc32 !== undefined && found.crc32 !== crc32) throw damaged("its bytes have another CRC-32");

    const inflated = gunzip(read(), { compressedSize: transport.size, limit: layer.size });
    for await (const part of readTar(tar.pass(inflated, { limit: layer.size }), layer.kind)) {
      if (part.kind === "content") continue;
      files += 1;
      onEntry?.(part);
    }
  } catch (error) {
    if (!(error instanceof BrokenRule)) throw error;
    const hint = "It was not made by holdall, or by a defect of it: build it again.";
    throw new AppError({
      code: "layer_invalid",
      message: `${subject}: ${error.message}`,
      hint,
      cause: error,
    });
  }
  const { sha256, size } = tar.result();
  if (size !== layer.size) throw damaged(`it inflates to ${size} bytes, not ${layer.size}`);
  if (files !== layer.files) throw damaged(`it has ${files} entries, not ${layer.files}`);
  if (toIdentity(sha256) !== layer.identity) throw damaged("it inflates to another identity");
}

async function consume(bytes: AsyncIterable<Uint8Array>): Promise<void> {
  for await (const _ of bytes);
}
