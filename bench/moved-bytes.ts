import { createHash } from "node:crypto";

/** As rsync and zsync choose it for files of this size, and a page of memory. */
export const BLOCK_SIZE = 4096;

/** Blocks of the files that a host has already, by weak and strong checksum; whole files by digest. */
export interface BlockIndex {
  readonly blocks: ReadonlyMap<number, ReadonlySet<string>>;
  readonly files: ReadonlySet<string>;
}

/** Cuts at fixed places, as the side of rsync's algorithm does that has the old files. */
export function indexBlocks(files: Iterable<Uint8Array>): BlockIndex {
  const blocks = new Map<number, Set<string>>();
  const digests = new Set<string>();
  for (const file of files) {
    digests.add(digestOf(file));
    for (let at = 0; at + BLOCK_SIZE <= file.length; at += BLOCK_SIZE) {
      const block = file.subarray(at, at + BLOCK_SIZE);
      const weak = joinSums(sumsOf(block));
      const strong = blocks.get(weak) ?? new Set();
      blocks.set(weak, strong.add(digestOf(block)));
    }
  }
  return { blocks, files: digests };
}

export interface Moved {
  /** All bytes of the file, or none when it is there as it is. */
  readonly whole: number;
  /** Those that no known block covers. */
  readonly moved: number;
}

/** Bytes of a new file that somebody lacks who has the old ones. */
export function countMoved({ blocks, files }: BlockIndex, file: Uint8Array): Moved {
  if (files.has(digestOf(file))) return { whole: 0, moved: 0 };
  let moved = file.length;
  let at = 0;
  let sums: Sums | undefined;
  while (at + BLOCK_SIZE <= file.length) {
    sums ??= sumsOf(file.subarray(at, at + BLOCK_SIZE));
    const strong = blocks.get(joinSums(sums));
    if (strong?.has(digestOf(file.subarray(at, at + BLOCK_SIZE)))) {
      moved -= BLOCK_SIZE;
      at += BLOCK_SIZE;
      sums = undefined;
    } else {
      // The window rolls on by a byte: rsync's checksum, A. Tridgell's thesis (1999), section 3.2.1.
      const leaving = file[at] ?? 0;
      sums.a = (sums.a - leaving + (file[at + BLOCK_SIZE] ?? 0)) & 0xffff;
      sums.b = (sums.b - BLOCK_SIZE * leaving + sums.a) & 0xffff;
      at += 1;
    }
  }
  return { whole: file.length, moved };
}

interface Sums {
  a: number;
  b: number;
}

function sumsOf(block: Uint8Array): Sums {
  let [a, b] = [0, 0];
  for (const byte of block) {
    a += byte;
    b += a;
  }
  return { a: a & 0xffff, b: b & 0xffff };
}

const joinSums = ({ a, b }: Sums): number => b * 0x10000 + a;

function digestOf(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("binary");
}
