import { closeSync, fstatSync, openSync, readSync } from "node:fs";
import { errnoOf } from "../system/file-errors.ts";
import { BrokenRule, quote } from "./broken-rule.ts";

/** Where the bytes of a file come from: memory, or a path on disk. */
export type Source = { readonly size: number } & ({ readonly bytes: Uint8Array } | { readonly file: string });

export function fromBytes(bytes: Uint8Array): Source {
  return { bytes, size: bytes.length };
}

/** As fast as copying in the kernel; with larger ones, memory that was never touched costs more than it saves. */
const PIECE_SIZE = 256 * 1024;

/**
 * The bytes in pieces; each is overwritten when the next one is asked for. Synchronous: most files are small, and
 * compressing them is the work of other threads.
 * @param name - for the message.
 * @throws BrokenRule when a file is not there, or not as long as was said.
 */
export function* readSource(source: Source, name: string): Generator<Uint8Array> {
  if ("bytes" in source) {
    yield source.bytes;
    return;
  }
  const { file, size } = source;
  const descriptor = open(file, name);
  try {
    const found = fstatSync(descriptor).size;
    if (found !== size) throw changed(name, size, found);
    const piece = Buffer.allocUnsafe(Math.min(PIECE_SIZE, size));
    for (let position = 0; position < size; ) {
      const length = readSync(descriptor, piece, 0, Math.min(piece.length, size - position), position);
      if (length === 0) throw changed(name, size, position);
      position += length;
      yield piece.subarray(0, length);
    }
  } finally {
    closeSync(descriptor);
  }
}

function open(file: string, name: string): number {
  try {
    return openSync(file, "r");
  } catch (error) {
    throw new BrokenRule(`file ${quote(name)} cannot be read: ${errnoOf(error) ?? error}`);
  }
}

function changed(name: string, wanted: number, found: number): BrokenRule {
  return new BrokenRule(`file ${quote(name)} changed meanwhile: it had ${wanted} bytes, now ${found}`);
}
