import { closeSync, fstatSync, openSync, readSync } from "node:fs";
import { errnoOf } from "../system/file-errors.ts";
import { BrokenRule, quote } from "./broken-rule.ts";

/** Where the bytes of a file come from: memory, or a path on disk. */
export type Source = { readonly size: number } & ({ readonly bytes: Uint8Array } | { readonly file: string });

export function fromBytes(bytes: Uint8Array): Source {
  return { bytes, size: bytes.length };
}

const PIECE_SIZE = 1024 * 1024;

/**
 * Synchronous: most files are small, and compressing them meanwhile is the work of other threads.
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
    for (let position = 0; position < size; ) {
      const piece = Buffer.allocUnsafe(Math.min(PIECE_SIZE, size - position));
      const length = readSync(descriptor, piece, 0, piece.length, position);
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
