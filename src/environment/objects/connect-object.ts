import { once } from "node:events";
import type { Socket } from "node:net";
import type { Failure, FetchOptions } from "./fetch-object.ts";
import { describeRequest } from "./fetch-object.ts";
import { connectTo, FRAMES, type Frame, packFrame, packJson, readFrames, writeFrame } from "./frames.ts";

export interface WebSocketOptions {
  readonly headers?: Readonly<Record<string, string>>;
  readonly protocols?: readonly string[];
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
  send(message: string | Uint8Array): Promise<void>;
  /** Messages of the object; ends when either side closes. */
  readonly messages: AsyncGenerator<string | Uint8Array>;
  /** How it was closed, once it was; 1006 when it broke off. */
  readonly closed: Promise<WebSocketClose>;
  close(code?: number, reason?: string): Promise<void>;
}

/** @throws Error when the object refuses the connection. */
export async function connectObject(
  path: string,
  url: string,
  { headers, protocols = [], signal }: WebSocketOptions,
  { onFailure }: FetchOptions,
): Promise<ObjectWebSocket> {
  signal?.throwIfAborted();
  const socket = connectTo(path);
  signal?.addEventListener("abort", () => socket.destroy(), { once: true });
  await once(socket, "connect", signal && { signal });
  const request = describeRequest({ method: "GET", url, headers: new Headers(headers) });
  const scheme = request.scheme === "https" ? "wss" : "ws";
  const call = { ...request, kind: "websocket", scheme, subprotocols: protocols };
  await writeFrame(socket, packJson(FRAMES.call, call));
  const frames = readFrames(socket);
  const { value: first } = await frames.next();
  if (first?.kind !== FRAMES.accept) {
    socket.destroy();
    if (first?.kind === FRAMES.error) onFailure(parse<Failure>(first));
    throw new Error(`the object refuses the web socket ${new URL(url).pathname}`);
  }
  const { subprotocol } = parse<{ readonly subprotocol: string | null }>(first);
  const { promise: closed, resolve } = Promise.withResolvers<WebSocketClose>();
  return {
    protocol: subprotocol ?? undefined,
    closed,
    messages: readMessages(socket, frames, resolve, onFailure),
    send: (message) =>
      writeFrame(
        socket,
        typeof message === "string"
          ? packFrame(FRAMES.text, Buffer.from(message))
          : packFrame(FRAMES.binary, message),
      ),
    async close(code = 1000, reason = "") {
      resolve({ code, reason });
      await writeFrame(socket, packJson(FRAMES.close, { code, reason })).catch(() => {}); // it may have gone
      socket.end();
    },
  };
}

async function* readMessages(
  socket: Socket,
  frames: AsyncGenerator<Frame>,
  onClosed: (close: WebSocketClose) => void,
  onFailure: FetchOptions["onFailure"],
): AsyncGenerator<string | Uint8Array> {
  try {
    for await (const frame of frames) {
      if (frame.kind === FRAMES.text) yield frame.payload.toString("utf8");
      else if (frame.kind === FRAMES.binary) yield new Uint8Array(frame.payload);
      else {
        if (frame.kind === FRAMES.error) onFailure(parse<Failure>(frame));
        else onClosed(parse<WebSocketClose>(frame));
        return;
      }
    }
  } finally {
    onClosed({ code: 1006, reason: "" }); // unless it was told before
    socket.destroy();
  }
}

function parse<Value>({ payload }: Frame): Value {
  return JSON.parse(payload.toString("utf8")) as Value; // from our own program
}
