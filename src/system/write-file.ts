import { randomBytes } from "node:crypto";
import { writeSync } from "node:fs";
import { type FileHandle, open, readdir, rename, rm } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { setImmediate } from "node:timers/promises";

type Content = string | Uint8Array | Iterable<Uint8Array> | AsyncIterable<Uint8Array>;

export interface WriteOptions {
  /** Before the umask; default: 0o666. */
  readonly mode?: number;
  /** Whether it outlives a power cut. Default: yes; without, a reader has to tell a whole file from a broken one. */
  readonly isSynced?: boolean;
  /** Awaited when all is written, before the rename: when it rejects, there is no file. */
  readonly verdict?: Promise<unknown> | undefined;
}

/**
 * Writes a whole file or nothing: under another name in the same directory, synced, then renamed over.
 * Whoever reads `path` meanwhile sees the old file or the new one.
 */
export async function writeFileAtomic(
  path: string,
  content: Content,
  { mode = 0o666, isSynced = true, verdict }: WriteOptions = {},
): Promise<void> {
  verdict?.catch(() => {}); // it may be there long before it is awaited below
  const staged = join(dirname(path), `.${basename(path)}.${randomBytes(6).toString("hex")}`);
  const file = await open(staged, "wx", mode);
  try {
    try {
      await writeContent(file, content);
      if (isSynced) await file.sync();
    } finally {
      await file.close();
    }
    await verdict;
    await rename(staged, path);
  } catch (error) {
    await rm(staged, { force: true });
    throw error;
  }
  if (isSynced) await syncDirectory(dirname(path));
}

/** After so many bytes others get their turn: signals, the output of programs. */
const TURN_SIZE = 16 * 1024 * 1024;

/** Synchronous: handing pieces to a thread one by one takes twice as long as copying them into the page cache. */
async function writeContent(file: FileHandle, content: Content): Promise<void> {
  if (typeof content === "string" || content instanceof Uint8Array) return file.writeFile(content);
  let left = TURN_SIZE;
  for await (const piece of content) {
    for (let written = 0; written < piece.length; ) written += writeSync(file.fd, piece, written);
    left -= piece.length;
    if (left > 0) continue;
    await setImmediate();
    left = TURN_SIZE;
  }
}

/** Makes a rename in this directory durable: fsync(2), "calling fsync() does not ensure the entry has reached disk". */
export async function syncDirectory(path: string): Promise<void> {
  await syncFile(path);
}

/** Being open for reading is enough, and a file may be one that nobody may write. */
async function syncFile(path: string): Promise<void> {
  const file = await open(path, "r");
  try {
    await file.sync();
  } finally {
    await file.close();
  }
}

/** Makes all files and directories below durable, before the rename that gives them their name. */
export async function syncTree(directory: string): Promise<void> {
  for (const each of await readdir(directory, { withFileTypes: true })) {
    const path = join(directory, each.name);
    if (each.isDirectory()) await syncTree(path);
    else if (each.isFile()) await syncFile(path);
  }
  await syncDirectory(directory);
}
