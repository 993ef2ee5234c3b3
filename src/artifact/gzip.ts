import { pipeline, Readable } from "node:stream";
import { promisify } from "node:util";
import { constants, crc32, createInflateRaw, deflateRaw, type ZlibOptions } from "node:zlib";
import { BrokenRule } from "./broken-rule.ts";
import { ByteReader } from "./byte-reader.ts";

/** RFC 1952: no name, no time, system 3. zlib would write the number of the system that it was built for. */
const HEADER = Buffer.from([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3]);
const TRAILER_SIZE = 8;
/** RFC 1951, 3.2.6: the last block, with fixed codes and nothing in it. */
const LAST_BLOCK = Buffer.from([3, 0]);
const WINDOW_SIZE = 32 * 1024;
/** Smaller parts would compress worse: each starts without statistics. */
const PART_SIZE = 1024 * 1024;
/** As many as Node has threads for such work, and one that waits for them. */
const MAX_UNDERWAY = 5;

/** Pinned, although some are the defaults: the same bytes in give the same bytes out. */
const DEFLATE = { level: 6, memLevel: 8, windowBits: 15, chunkSize: 256 * 1024 };

const deflateRawAsync: (bytes: Buffer, options: ZlibOptions) => Promise<Buffer> = promisify(deflateRaw);

type Bytes = AsyncIterable<Uint8Array> | Iterable<Uint8Array>;

/**
 * One gzip member. Parts are compressed side by side in other threads, each with the end of the one before it as its
 * dictionary; so the result is about as small as that of one thread, and depends on the bytes alone.
 * @param bytes - in pieces of any size, which may be overwritten when the next one is asked for.
 */
export async function* gzip(bytes: Bytes): AsyncGenerator<Buffer> {
  let checksum = 0;
  let size = 0;
  let dictionary: Buffer = Buffer.alloc(0);
  const underway: Promise<Buffer>[] = [];
  yield HEADER;
  for await (const part of inParts(bytes)) {
    checksum = crc32(part, checksum);
    size += part.length;
    const compressing = deflatePart(part, dictionary);
    compressing.catch(() => {}); // is thrown where it is awaited, if anybody still does
    underway.push(compressing);
    dictionary = part.subarray(-WINDOW_SIZE);
    const first = underway.length < MAX_UNDERWAY ? undefined : underway.shift();
    if (first !== undefined) yield await first;
  }
  for (const part of underway) yield await part;
  yield LAST_BLOCK;
  const trailer = Buffer.alloc(TRAILER_SIZE);
  trailer.writeUInt32LE(checksum, 0);
  trailer.writeUInt32LE(size % 2 ** 32, 4);
  yield trailer;
}

/** Whole blocks that end at a byte, none of them the last of a stream: RFC 1951, 3.2.3 and 3.2.4. */
function deflatePart(part: Buffer, dictionary: Buffer): Promise<Buffer> {
  return deflateRawAsync(part, {
    ...DEFLATE,
    finishFlush: constants.Z_SYNC_FLUSH,
    ...(dictionary.length > 0 && { dictionary }),
  });
}

async function* inParts(bytes: Bytes): AsyncGenerator<Buffer> {
  let part = Buffer.allocUnsafe(PART_SIZE);
  let filled = 0;
  for await (const piece of bytes) {
    for (let taken = 0; taken < piece.length; ) {
      const fitting = piece.subarray(taken, taken + PART_SIZE - filled);
      part.set(fitting, filled);
      taken += fitting.length;
      filled += fitting.length;
      if (filled < PART_SIZE) continue;
      yield part;
      part = Buffer.allocUnsafe(PART_SIZE);
      filled = 0;
    }
  }
  if (filled > 0) yield part.subarray(0, filled);
}

/**
 * @param bytes - `compressedSize` bytes, untrusted: exactly one gzip member without optional fields.
 * @param limit - more than so many bytes do not come out of it.
 * @throws BrokenRule
 */
export async function* gunzip(
  bytes: Bytes,
  { compressedSize, limit }: { readonly compressedSize: number; readonly limit: number },
): AsyncGenerator<Buffer> {
  const reader = new ByteReader(bytes);
  const header = await reader.take(HEADER.length);
  if (header.length < HEADER.length || !header.subarray(0, 4).equals(HEADER.subarray(0, 4))) {
    throw new BrokenRule("it is not gzip with a plain header");
  }
  const deflatedSize = compressedSize - HEADER.length - TRAILER_SIZE;
  async function* deflated() {
    for (let left = deflatedSize; left > 0; ) {
      const piece = await reader.next(left);
      if (piece.length === 0) return;
      left -= piece.length;
      yield piece;
    }
  }
  const inflate = createInflateRaw({ chunkSize: DEFLATE.chunkSize });
  let checksum = 0;
  let size = 0;
  for await (const piece of transform(deflated(), inflate)) {
    checksum = crc32(piece, checksum);
    size += piece.length;
    if (size > limit)
      throw new BrokenRule(`it inflates to more than the ${limit} bytes that the manifest says`);
    yield piece;
  }
  if (inflate.bytesWritten !== deflatedSize)
    throw new BrokenRule("it has bytes after the end of its gzip member");
  const trailer = await reader.take(TRAILER_SIZE + 1);
  const isWhole = trailer.length === TRAILER_SIZE && trailer.readUInt32LE(0) === checksum;
  if (!isWhole || trailer.readUInt32LE(4) !== size % 2 ** 32) {
    throw new BrokenRule("it does not end with the length and checksum of what it inflates to");
  }
}

async function* transform(
  bytes: AsyncIterable<Uint8Array>,
  codec: ReturnType<typeof createInflateRaw>,
): AsyncGenerator<Buffer> {
  // pipeline hands an error of the source on to the codec, from where the loop throws it
  const pieces: AsyncIterable<Buffer> = pipeline(Readable.from(bytes), codec, () => {});
  try {
    yield* pieces;
  } catch (error) {
    if (error instanceof Error && "code" in error && /^Z_/.test(String(error.code))) {
      throw new BrokenRule(`its deflated data is broken: ${error.message}`);
    }
    throw error;
  }
}
