import { randomUUID } from "node:crypto";
import { type FileHandle, open, rm } from "node:fs/promises";
import { join } from "node:path";
import { Readable } from "node:stream";

/** A message that has come in whole. It is in a file without a name: whatever happens, nothing of it stays. */
export interface SpooledMessage {
  readonly sizeBytes: number;
  /** From its beginning, as often as one likes. */
  read(): Readable;
  close(): Promise<void>;
}

export interface SpoolOptions {
  /** Absolute; where the file is. */
  readonly directory: string;
  /** Of what comes after, nothing is written. */
  readonly maxBytes: number;
  /** When the message has to be there. */
  readonly signal: AbortSignal;
}

/**
 * Takes a message to its end. Only then somebody is told of it: who reads a stream to its end cannot know whether the
 * sender has gone.
 * @returns undefined when it is larger than `maxBytes`.
 * @throws the stream's error when the sender goes away; the signal's reason; an error of the system.
 */
export async function spoolMessage(
  message: Readable,
  { directory, maxBytes, signal }: SpoolOptions,
): Promise<SpooledMessage | undefined> {
  const path = join(directory, `mail-${randomUUID()}`);
  const file = await open(path, "wx+", 0o600);
  let sizeBytes = 0;
  let isWhole = false;
  try {
    await rm(path);
    for await (const piece of message as AsyncIterable<Buffer>) {
      signal.throwIfAborted();
      sizeBytes += piece.length;
      if (sizeBytes <= maxBytes) await writeAll(piece);
      else if (sizeBytes - piece.length <= maxBytes) await file.truncate(0);
    }
    isWhole = sizeBytes <= maxBytes;
  } finally {
    if (!isWhole) await file.close();
  }
  if (!isWhole) return undefined;
  return {
    sizeBytes,
    // A stream of the file itself would close it.
    read: () => Readable.from(readPieces(file)),
    close: () => file.close(),
  };

  async function writeAll(piece: Buffer): Promise<void> {
    for (let written = 0; written < piece.length; ) {
      written += (await file.write(piece, written)).bytesWritten;
    }
  }
}

const PIECE_BYTES = 64 * 1024;

async function* readPieces(file: FileHandle): AsyncGenerator<Buffer> {
  for (let position = 0; ; ) {
    const { bytesRead, buffer } = await file.read({ buffer: Buffer.alloc(PIECE_BYTES), position });
    if (bytesRead === 0) return;
    yield buffer.subarray(0, bytesRead);
    position += bytesRead;
  }
}
