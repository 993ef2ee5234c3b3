import { createReadStream } from "node:fs";
import type { Digest, Manifest } from "./manifest.ts";

/** An artifact whose structure, manifest, prefix and small members were checked; its layers were not. */
export interface Artifact {
  /** As the user named it. */
  readonly path: string;
  readonly form: "sealed" | "open";
  /** Digest of the manifest. */
  readonly identity: Digest;
  readonly manifest: Manifest;
  readonly prefix: Place;
  /** Where the bytes of each member are, `manifest.json` among them. */
  readonly members: ReadonlyMap<string, Place>;
}

/** A range of a file. */
export interface Place {
  readonly file: string;
  readonly offset: number;
  readonly size: number;
  /** As the archive's header says; an open artifact has none. */
  readonly crc32?: number;
}

const PIECE_SIZE = 256 * 1024;

/**
 * The bytes as they are now: who trusts them compares digests.
 * @throws the signal's reason once it is aborted.
 */
export async function* readPlace(
  { file, offset, size }: Place,
  signal?: AbortSignal | undefined,
): AsyncGenerator<Buffer> {
  if (size === 0) return;
  for await (const piece of createReadStream(file, {
    start: offset,
    end: offset + size - 1,
    highWaterMark: PIECE_SIZE,
  })) {
    signal?.throwIfAborted();
    yield piece;
  }
}

/** @throws Error when the artifact has no such member: ask `members` first. */
export function placeOf({ members }: Artifact, name: string): Place {
  const place = members.get(name);
  if (place === undefined) throw new Error(`no member ${name}`);
  return place;
}
