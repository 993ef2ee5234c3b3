import type { Socket } from "node:net";
import { describeRequest, type MeasuredBody, measureBody } from "./describe-request.ts";
import {
  connectTo,
  drainFrames,
  FRAMES,
  type Frame,
  packFrame,
  packJson,
  packPieces,
  parseFrame,
  readFrames,
  writeFrame,
} from "./frames.ts";

interface Head {
  readonly status: number;
  readonly reason: string;
  readonly headers: readonly (readonly [string, string])[];
}

type Frames = AsyncGenerator<Frame, undefined>;

/** Statuses without a body (RFC 9110): `Response` does not take one. */
const BODILESS = [204, 205, 304];

/**
 * A request to an object, without a network: streams both ways; aborting the request, or cancelling the body, cancels
 * the call.
 */
export async function fetchObject(path: string, request: Request): Promise<Response> {
  const { signal } = request;
  const socket = await connectTo(path, signal);
  const abort = () => socket.destroy();
  signal.addEventListener("abort", abort, { once: true });
  socket.once("close", () => signal.removeEventListener("abort", abort));
  try {
    signal.throwIfAborted();
    const answering = readResponse(socket, request);
    // The object may answer without reading all of the body. A body that fails ends the call.
    await Promise.race([sendRequest(socket, request).then(() => answering), answering]);
    return await answering;
  } catch (error) {
    socket.destroy();
    signal.throwIfAborted();
    throw error;
  }
}

/** @throws what the body throws; that nobody reads it any more is no error. */
async function sendRequest(socket: Socket, request: Request): Promise<void> {
  const body = request.body === null ? undefined : await measureBody(request.body);
  const described = describeRequest(request, body === undefined ? "none" : body.sizeBytes);
  await writeFrame(socket, packJson(FRAMES.call, described)).catch(() => {});
  if (body !== undefined) await sendBody(socket, body);
  await writeFrame(socket, packFrame(FRAMES.end)).catch(() => {});
}

async function sendBody(socket: Socket, body: MeasuredBody): Promise<void> {
  const cancel = () => void body.cancel(new Error("the object reads no more of the body")).catch(() => {});
  socket.once("close", cancel);
  if (socket.destroyed) cancel();
  try {
    for (let piece = await body.next(); piece !== undefined; piece = await body.next()) {
      for (const frame of packPieces(FRAMES.data, piece)) {
        const isRead = await writeFrame(socket, frame).then(
          () => true,
          () => false,
        );
        if (!isRead) return;
      }
    }
  } catch (error) {
    socket.destroy(); // also when the answer has begun
    throw error;
  } finally {
    socket.off("close", cancel);
  }
}

async function readResponse(socket: Socket, request: Request): Promise<Response> {
  const frames: Frames = readFrames(socket);
  const { value: first } = await frames.next();
  if (first === undefined) throw new Error("the process of the object has ended");
  if (first.kind === FRAMES.error) {
    socket.destroy();
    return new Response("Internal Server Error", { status: 500, headers: { "content-type": "text/plain" } });
  }
  const { status, reason, headers } = parseFrame<Head>(first);
  if (status < 200 || status > 599)
    throw new Error(`the object answers with status ${status}, which no Response has`);
  const init = { status, statusText: reason, headers: new Headers(headers.map(([n, v]) => [n, v])) };
  if (!BODILESS.includes(status) && request.method !== "HEAD") {
    return new Response(streamBody(socket, frames, request.signal), init);
  }
  // The object may have work to do after its answer, and a closed connection would cancel that.
  void drainFrames(frames).finally(() => socket.destroy());
  return new Response(null, init);
}

function streamBody(socket: Socket, frames: Frames, signal: AbortSignal): ReadableStream {
  return new ReadableStream({
    type: "bytes",
    async pull(controller) {
      const { value: frame } = await frames.next();
      if (frame?.kind === FRAMES.data) {
        controller.enqueue(new Uint8Array(frame.payload));
        return;
      }
      socket.destroy();
      signal.throwIfAborted();
      if (frame?.kind !== FRAMES.end) {
        throw new Error("the answer was cut off: the object failed while it gave it");
      }
      controller.close();
      controller.byobRequest?.respond(0);
    },
    cancel: () => void socket.destroy(),
  });
}
