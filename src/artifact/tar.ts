import { BrokenRule, quote } from "./broken-rule.ts";
import { compareBytes } from "./byte-order.ts";
import { ByteReader } from "./byte-reader.ts";
import { checkLayerPath, checkLinkTarget } from "./layer-path.ts";
import { MAX_LAYER_FILES } from "./limits.ts";
import type { LayerKind } from "./manifest.ts";
import { readSource, type Source } from "./source.ts";
import {
  BLOCK_SIZE,
  parseTarHeader,
  renderTarHeader,
  type TarEntry,
  type TarFile,
  type TarLink,
} from "./tar-header.ts";

/** An entry with what a writer needs beside its header. */
export type LayerEntry = (Omit<TarFile, "size"> & { readonly content: Source }) | TarLink;

/** A header, or a piece of the file whose header came last. */
export type TarPart = TarEntry | { readonly kind: "content"; readonly bytes: Buffer };

/** What follows the last entry. */
const END = Buffer.alloc(2 * BLOCK_SIZE);

/**
 * The bytes of a layer's tar in pieces, each overwritten when the next one is asked for.
 * @param entries - sorted by the bytes of their paths. A file on disk is opened when its turn comes.
 * @throws BrokenRule
 */
export function* writeTar(entries: Iterable<LayerEntry>, kind: LayerKind): Generator<Uint8Array> {
  const check = makeSequenceCheck(kind);
  for (const entry of entries) {
    check(entry);
    if (entry.kind === "link") {
      yield renderTarHeader(entry);
      continue;
    }
    const { path, isExecutable, content } = entry;
    yield renderTarHeader({ kind: "file", path, isExecutable, size: content.size });
    yield* readSource(content, path);
    yield Buffer.alloc(paddingAfter(content.size));
  }
  yield END;
}

/**
 * Headers and contents of a layer's tar, each checked before it is yielded; that the tar ends where it should is known
 * only once all are taken.
 * @param bytes - the uncompressed tar; untrusted.
 * @throws BrokenRule
 */
export async function* readTar(
  bytes: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  kind: LayerKind,
): AsyncGenerator<TarPart> {
  const reader = new ByteReader(bytes);
  const check = makeSequenceCheck(kind);
  const cutOff = () => new BrokenRule("the tar ends too early");
  while (true) {
    const header = await reader.take(BLOCK_SIZE);
    if (header.length < BLOCK_SIZE) throw cutOff();
    if (isZero(header)) break;
    const entry = parseTarHeader(header);
    check(entry);
    yield entry;
    if (entry.kind === "link") continue;
    for (let left = entry.size; left > 0; ) {
      const piece = await reader.next(left);
      if (piece.length === 0) throw cutOff();
      left -= piece.length;
      yield { kind: "content", bytes: piece };
    }
    const padding = await reader.take(paddingAfter(entry.size));
    if (padding.length < paddingAfter(entry.size)) throw cutOff();
    if (!isZero(padding))
      throw new BrokenRule(`entry ${quote(entry.path)} is followed by other bytes than NUL`);
  }
  const end = await reader.take(BLOCK_SIZE + 1);
  if (end.length !== BLOCK_SIZE || !isZero(end))
    throw new BrokenRule("the tar does not end after 1024 NUL bytes");
}

/** Checks one entry after the other: the rules of each path, and those between paths. */
function makeSequenceCheck(kind: LayerKind): (entry: LayerEntry | TarEntry) => void {
  let count = 0;
  // Earlier paths that the last one starts with. Later paths that start with one of them follow at once, as the order
  // is that of bytes: so these are all that a new path can continue.
  const started: string[] = [];
  return (entry) => {
    const { path } = entry;
    checkLayerPath(path, kind);
    if (entry.kind === "link") checkLinkTarget(path, entry.target, kind);
    count += 1;
    if (count > MAX_LAYER_FILES) throw new BrokenRule(`it has more than ${MAX_LAYER_FILES} entries`);
    const order = compareBytes(started.at(-1) ?? "", path);
    if (order === 0) throw new BrokenRule(`path ${quote(path)} is there twice`);
    if (order > 0) throw new BrokenRule(`path ${quote(path)} is not in order`);
    while (started.length > 0 && !path.startsWith(started.at(-1) ?? "")) started.pop();
    const above = started.find((one) => path[one.length] === "/");
    if (above !== undefined)
      throw new BrokenRule(`path ${quote(path)} is below ${quote(above)}, which is no directory`);
    started.push(path);
  };
}

function paddingAfter(size: number): number {
  return (BLOCK_SIZE - (size % BLOCK_SIZE)) % BLOCK_SIZE;
}

function isZero(bytes: Buffer): boolean {
  return bytes.every((byte) => byte === 0);
}
