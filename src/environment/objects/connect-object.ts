import type { Socket } from "node:net";
import { describeRequest } from "./describe-request.ts";
import {
  connectTo,
  drainFrames,
  FRAMES,
  type Frame,
  packFrame,
  packJson,
  parseFrame,
  readFrames,
  writeFrame,
} from "./frames.ts";

export interface WebSocketOptions {
  readonly headers?: Readonly<Record<string, string>>;
  readonly protocols?: readonly string[];
  /** Breaks the connection off, however old it is. */
  readonly signal?: AbortSignal;
}

export interface WebSocketClose {
  readonly code: number;
  readonly reason: string;
}

/** A web socket to an object, without a network. */
export interface ObjectWebSocket {
  /** What the object chose of the protocols that were offered. */
  readonly protocol: string | undefined;
  /** At most 16 MiB. @throws Error when it is closed. */
  send(message: string | Uint8Array): Promise<void>;
  /** Messages of the object; ends when either side closes. The object waits while nobody takes them. */
  readonly messages: AsyncGenerator<string | Uint8Array>;
  /** How it was closed, once its messages have been taken; 1006 when the object ended without that. */
  readonly closed: Promise<WebSocketClose>;
  close(code?: number, reason?: string): Promise<void>;
}

type Frames = AsyncGenerator<Frame, undefined>;

/** @throws Error when the object refuses the connection. */
export async function connectObject(
  path: string,
  url: string,
  { headers, protocols = [], signal }: WebSocketOptions,
): Promise<ObjectWebSocket> {
  const socket = await connectTo(path, signal);
  const abort = () => socket.destroy();
  signal?.addEventListener("abort", abort, { once: true });
  socket.once("close", () => signal?.removeEventListener("abort", abort));
  const request = describeRequest({ method: "GET", url, headers: new Headers(headers) }, "none");
  const scheme = request.scheme === "https" ? "wss" : "ws";
  const call = { ...request, kind: "websocket", scheme, subprotocols: protocols };
  const frames: Frames = readFrames(socket);
  await writeFrame(socket, packJson(FRAMES.call, call)).catch(() => {}); // what is wrong shows in the answer
  const { value: first } = await frames.next();
  if (first?.kind !== FRAMES.accept) {
    socket.destroy();
    signal?.throwIfAborted();
    const reason = first === undefined ? "the process of the object has ended" : "the object refuses it";
    throw new Error(`cannot open the web socket ${new URL(url).pathname}: ${reason}`);
  }
  const { subprotocol } = parseFrame<{ readonly subprotocol: string | null }>(first);
  const { promise: closed, resolve } = Promise.withResolvers<WebSocketClose>();
  return {
    protocol: subprotocol ?? undefined,
    closed,
    messages: readMessages(socket, frames, resolve),
    async send(message) {
      const isText = typeof message === "string";
      const payload = isText ? Buffer.from(message) : message;
      await writeFrame(socket, packFrame(isText ? FRAMES.text : FRAMES.binary, payload));
    },
    async close(code = 1000, reason = "") {
      resolve({ code, reason });
      await writeFrame(socket, packJson(FRAMES.close, { code, reason })).catch(() => {}); // it may have gone
      // What was sent meanwhile is read: a connection that is closed before that takes the end of ours with it.
      await drainFrames(frames);
    },
  };
}

async function* readMessages(
  socket: Socket,
  frames: Frames,
  onClosed: (close: WebSocketClose) => void,
): AsyncGenerator<string | Uint8Array> {
  try {
    // Not `for await`: that would end the frames, which `close` reads, too.
    for (;;) {
      const { value: frame } = await frames.next();
      if (frame?.kind === FRAMES.text) yield frame.payload.toString("utf8");
      else if (frame?.kind === FRAMES.binary) yield new Uint8Array(frame.payload);
      else {
        if (frame?.kind === FRAMES.close) onClosed(parseFrame<WebSocketClose>(frame));
        return;
      }
    }
  } finally {
    onClosed({ code: 1006, reason: "" }); // unless it was told before
    socket.destroy();
  }
}
