import { pipeline, Readable } from "node:stream";
import { crc32, createDeflateRaw, createInflateRaw } from "node:zlib";
import { BrokenRule } from "./broken-rule.ts";
import { ByteReader } from "./byte-reader.ts";

/** RFC 1952: no name, no time, system 3. zlib would write the number of the system that it was built for. */
const HEADER = Buffer.from([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3]);
const TRAILER_SIZE = 8;

/** Pinned, although some are the defaults: the same bytes in give the same bytes out. */
const DEFLATE = { level: 6, memLevel: 8, windowBits: 15, chunkSize: 256 * 1024 };

type Bytes = AsyncIterable<Uint8Array> | Iterable<Uint8Array>;

/** One gzip member; the compressing itself happens in another thread. */
export async function* gzip(bytes: Bytes): AsyncGenerator<Buffer> {
  let checksum = 0;
  let size = 0;
  async function* measured() {
    for await (const piece of bytes) {
      checksum = crc32(piece, checksum);
      size += piece.length;
      yield piece;
    }
  }
  yield HEADER;
  yield* transform(measured(), createDeflateRaw(DEFLATE));
  const trailer = Buffer.alloc(TRAILER_SIZE);
  trailer.writeUInt32LE(checksum, 0);
  trailer.writeUInt32LE(size % 2 ** 32, 4);
  yield trailer;
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
  codec: ReturnType<typeof createDeflateRaw> | ReturnType<typeof createInflateRaw>,
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
