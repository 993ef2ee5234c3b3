import { connect, type Socket } from "node:net";

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

export function packFrame(kind: FrameKind, payload: Uint8Array = Buffer.alloc(0)): Buffer {
  const header = Buffer.alloc(HEADER_BYTES);
  header.write(kind, 0, "latin1");
  header.writeUInt32BE(payload.length, 1);
  return Buffer.concat([header, payload]);
}

export function packJson(kind: FrameKind, value: unknown): Buffer {
  return packFrame(kind, Buffer.from(JSON.stringify(value)));
}

/** What goes wrong shows where it is read or written. */
export function connectTo(path: string): Socket {
  return connect(path).on("error", () => {});
}

/** Bytes of any number as frames of a moderate size. */
export function* packPieces(kind: FrameKind, bytes: Uint8Array): Generator<Buffer> {
  for (let start = 0; start < bytes.length; start += PIECE_BYTES) {
    yield packFrame(kind, bytes.subarray(start, start + PIECE_BYTES));
  }
}

/** The frames that come; ends with the connection. Reads no more while nobody takes them. */
export async function* readFrames(socket: Socket): AsyncGenerator<Frame> {
  let pieces: Buffer[] = [];
  let size = 0;
  for await (const piece of socket as AsyncIterable<Buffer>) {
    pieces.push(piece);
    size += piece.length;
    while (size >= HEADER_BYTES) {
      const whole: Buffer = pieces.length === 1 && pieces[0] ? pieces[0] : Buffer.concat(pieces);
      pieces = [whole];
      const length = whole.readUInt32BE(1);
      if (length > MAX_FRAME) throw new Error(`a frame of ${length} bytes`);
      if (size < HEADER_BYTES + length) break;
      const kind = whole.toString("latin1", 0, 1) as FrameKind; // from our own program
      yield { kind, payload: whole.subarray(HEADER_BYTES, HEADER_BYTES + length) };
      const rest = whole.subarray(HEADER_BYTES + length);
      pieces = [rest];
      size = rest.length;
    }
  }
}

/** Waits while the other side is slower. @throws when it has gone. */
export async function writeFrame(socket: Socket, frame: Buffer): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    socket.write(frame, (error) => (error ? reject(error) : resolve()));
  });
}
