import { once } from "node:events";
import type { Socket } from "node:net";
import {
  connectTo,
  FRAMES,
  type Frame,
  packFrame,
  packJson,
  packPieces,
  readFrames,
  writeFrame,
} from "./frames.ts";

interface Head {
  readonly status: number;
  readonly reason: string;
  readonly headers: readonly (readonly [string, string])[];
}

export interface Failure {
  readonly type: string;
  readonly message: string;
  readonly traceback: string;
}

export interface FetchOptions {
  /** Hears of each error that the object raised: the caller sees a response with status 500, as from a server. */
  readonly onFailure: (failure: Failure) => void;
}

/** Statuses without a body (RFC 9110): `Response` does not take one. */
const BODILESS = [204, 205, 304];

/** A request to an object, without a network: streams both ways; aborting the request, or cancelling the body, cancels the call. */
export async function fetchObject(path: string, request: Request, options: FetchOptions): Promise<Response> {
  request.signal.throwIfAborted();
  const socket = connectTo(path);
  const abort = () => socket.destroy();
  request.signal.addEventListener("abort", abort, { once: true });
  socket.once("close", () => request.signal.removeEventListener("abort", abort));
  try {
    await once(socket, "connect", { signal: request.signal });
    const sending = sendRequest(socket, request);
    sending.catch(() => {}); // it may answer without reading all; what is wrong then shows in the answer
    return await readResponse(socket, request, options);
  } catch (error) {
    socket.destroy();
    request.signal.throwIfAborted();
    throw error;
  }
}

async function sendRequest(socket: Socket, request: Request): Promise<void> {
  await writeFrame(socket, packJson(FRAMES.call, describeRequest(request)));
  if (request.body !== null) {
    for await (const piece of request.body) {
      for (const frame of packPieces(FRAMES.data, piece)) await writeFrame(socket, frame);
    }
  }
  await writeFrame(socket, packFrame(FRAMES.end));
}

/** What a server would make of the same request. */
export function describeRequest({ method, url, headers }: Pick<Request, "method" | "url" | "headers">) {
  const { protocol, host, hostname, port, pathname, search } = new URL(url);
  const isSecure = protocol === "https:" || protocol === "wss:";
  const listed = [...headers];
  if (!headers.has("host")) listed.unshift(["host", host]);
  return {
    ...{
      kind: "http",
      method,
      target: pathname + search,
      headers: listed,
      scheme: isSecure ? "https" : "http",
    },
    host: `${hostname}:${port || (isSecure ? 443 : 80)}`,
  };
}

async function readResponse(socket: Socket, request: Request, options: FetchOptions): Promise<Response> {
  const frames = readFrames(socket);
  const { value: first } = await frames.next();
  if (first === undefined) throw new Error("the process of the object has ended");
  if (first.kind === FRAMES.error) {
    socket.destroy();
    options.onFailure(parse<Failure>(first));
    return new Response("Internal Server Error", { status: 500, headers: { "content-type": "text/plain" } });
  }
  const { status, reason, headers } = parse<Head>(first);
  const init: ResponseInit = {
    status,
    statusText: reason,
    headers: new Headers(headers.map(([n, v]) => [n, v])),
  };
  if (BODILESS.includes(status) || request.method === "HEAD") {
    socket.destroy();
    return new Response(null, init);
  }
  return new Response(streamBody(socket, frames, options), init);
}

function streamBody(
  socket: Socket,
  frames: AsyncGenerator<Frame>,
  { onFailure }: FetchOptions,
): ReadableStream {
  return new ReadableStream({
    type: "bytes",
    async pull(controller) {
      const { value: frame } = await frames.next();
      if (frame?.kind === FRAMES.data) {
        controller.enqueue(new Uint8Array(frame.payload));
        return;
      }
      socket.destroy();
      if (frame?.kind === FRAMES.end) {
        controller.close();
        controller.byobRequest?.respond(0);
        return;
      }
      if (frame?.kind === FRAMES.error) onFailure(parse<Failure>(frame));
      controller.error(new Error("the answer was cut off: the object failed while it gave it"));
    },
    cancel: () => void socket.destroy(),
  });
}

function parse<Value>({ payload }: Frame): Value {
  return JSON.parse(payload.toString("utf8")) as Value; // from our own program
}
