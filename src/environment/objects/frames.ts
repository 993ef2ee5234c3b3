import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { setTimeout } from "node:timers/promises";
import { errnoOf } from "../../system/file-errors.ts";

/** docs/objects.md: a byte that says what it is, four bytes of length (big-endian), the payload. */
export interface Frame {
  readonly kind: FrameKind;
  readonly payload: Buffer;
}

export const FRAMES = {
  call: "C",
  head: "H",
  data: "B",
  end: "E",
  error: "X",
  value: "V",
  accept: "A",
  text: "T",
  binary: "D",
  close: "Q",
} as const;
export type FrameKind = (typeof FRAMES)[keyof typeof FRAMES];

const HEADER_BYTES = 5;
const MAX_FRAME = 16 * 1024 * 1024;
const PIECE_BYTES = 64 * 1024;
const BETWEEN_TRIES_MS = 5;

/** @throws RangeError for what is more than a frame may have. */
export function packFrame(kind: FrameKind, payload: Uint8Array = Buffer.alloc(0)): Buffer {
  if (payload.length > MAX_FRAME)
    throw new RangeError(`${payload.length} bytes at once are more than ${MAX_FRAME}`);
  const header = Buffer.alloc(HEADER_BYTES);
  header.write(kind, 0, "latin1");
  header.writeUInt32BE(payload.length, 1);
  return Buffer.concat([header, payload]);
}

export function packJson(kind: FrameKind, value: unknown): Buffer {
  return packFrame(kind, Buffer.from(JSON.stringify(value)));
}

/**
 * A connection for one call. Where so many wait that the system takes no more, it waits, too.
 * @throws the reason of the signal; Error when the process has ended.
 */
export async function connectTo(path: string, signal?: AbortSignal): Promise<Socket> {
  for (;;) {
    signal?.throwIfAborted();
    const socket = connect(path);
    try {
      await once(socket, "connect", signal && { signal });
      return socket.on("error", () => {}); // what goes wrong shows where it is read or written
    } catch (cause) {
      socket.on("error", () => {}).destroy();
      signal?.throwIfAborted();
      if (errnoOf(cause) !== "EAGAIN") throw new Error("the process of the object has ended", { cause });
      await setTimeout(BETWEEN_TRIES_MS);
    }
  }
}

/** Bytes of any number as frames of a moderate size. */
export function* packPieces(kind: FrameKind, bytes: Uint8Array): Generator<Buffer> {
  for (let start = 0; start < bytes.length; start += PIECE_BYTES) {
    yield packFrame(kind, bytes.subarray(start, start + PIECE_BYTES));
  }
}

/** The frames that come; ends with the connection, however that ends. Reads no more while nobody takes them. */
export async function* readFrames(socket: Socket): AsyncGenerator<Frame, undefined> {
  let pieces: Buffer[] = [];
  let size = 0;
  let wanted = HEADER_BYTES;
  try {
    for await (const piece of socket as AsyncIterable<Buffer>) {
      pieces.push(piece);
      size += piece.length;
      while (size >= wanted) {
        const whole: Buffer = pieces.length === 1 && pieces[0] ? pieces[0] : Buffer.concat(pieces);
        const end = HEADER_BYTES + whole.readUInt32BE(1);
        if (end > HEADER_BYTES + MAX_FRAME) throw new Error(`a frame of ${end} bytes`);
        const isWhole = size >= end;
        const rest = isWhole ? whole.subarray(end) : whole;
        pieces = [rest];
        size = rest.length;
        wanted = isWhole ? HEADER_BYTES : end;
        const kind = whole.toString("latin1", 0, 1) as FrameKind; // from our own program
        if (isWhole) yield { kind, payload: whole.subarray(HEADER_BYTES, end) };
      }
    }
  } catch (error) {
    // The process has gone, or somebody has destroyed the socket: both are its end.
    if (errnoOf(error) === undefined) throw error;
  }
}

/** Takes what still comes, so that the process is not stopped by a pipe that is full, or by one that is closed. */
export async function drainFrames(frames: AsyncGenerator<Frame, undefined>): Promise<void> {
  for await (const _ of frames);
}

/** JSON of our own program. */
export function parseFrame<Value>({ payload }: Frame): Value {
  return JSON.parse(payload.toString("utf8")) as Value;
}

/** Waits while the other side is slower. @throws when it has gone. */
export async function writeFrame(socket: Socket, frame: Buffer): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    socket.write(frame, (error) => (error ? reject(error) : resolve()));
  });
}
