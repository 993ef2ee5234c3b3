import { request as ask, type IncomingMessage, type OutgoingMessage, type ServerResponse } from "node:http";
import type { Socket } from "node:net";
import { pipeline } from "node:stream";
import { endToEndHeaders, forwardedHeaders } from "./forwarded-headers.ts";
import { type Gate, Unanswered } from "./gate.ts";

/** Of all headers of a message; what `web` itself permits is its own. */
export const MAX_HEADER_BYTES = 256 * 1024;

/** Passes a request to `web` and its answer back, both as they come; whoever goes ends it for the other side. */
export async function passOn(request: IncomingMessage, response: ServerResponse, gate: Gate): Promise<void> {
  const gone = new AbortController();
  response.once("close", () => gone.abort());
  request.on("error", () => {}); // `response` says it, too
  try {
    // `web` may have been ended with the connection in its queue: what may be asked twice (RFC 9110, 9.2.2) is.
    for (let isLast = !isRepeatable(request); ; isLast = true) {
      const socket = await gate.connect(gone.signal);
      if (gone.signal.aborted) return void socket.destroy();
      if (await exchange(request, response, socket)) return;
      gone.signal.throwIfAborted();
      if (isLast) throw new Unanswered("cannot ask web: it has closed the connection without an answer");
    }
  } catch (error) {
    if (gone.signal.aborted) return;
    if (!(error instanceof Unanswered)) throw error;
    // By its own reason: that of an answer that could not be passed on may still be set.
    response.writeHead(502, "Bad Gateway", { "Content-Type": "text/plain; charset=utf-8" });
    response.end(`${error.message}\n`);
  }
}

function hasBody({ headers }: IncomingMessage): boolean {
  return headers["transfer-encoding"] !== undefined || Number(headers["content-length"] ?? 0) > 0;
}

function isRepeatable(request: IncomingMessage): boolean {
  return ["GET", "HEAD"].includes(request.method ?? "") && !hasBody(request);
}

/** How the body of a request ends is for each connection anew: as it was, or none. */
function framing({ method = "", headers }: IncomingMessage): readonly (readonly [string, string])[] {
  if (headers["transfer-encoding"] !== undefined) return [["Transfer-Encoding", "chunked"]];
  const hasNone = headers["content-length"] === undefined && ["POST", "PUT", "PATCH"].includes(method);
  return hasNone ? [["Content-Length", "0"]] : [];
}

/**
 * @returns whether `web` has answered; its answer may have ended too early, and so has that to the client then.
 * @throws Unanswered when it says what no server may: in the line of the status, for example.
 */
function exchange(request: IncomingMessage, response: ServerResponse, socket: Socket): Promise<boolean> {
  return new Promise((resolve, reject) => {
    let isAnswered = false;
    const asked = ask({
      ...{ method: request.method, path: request.url, maxHeaderSize: MAX_HEADER_BYTES },
      // Not `close`: a server that answers early would reset the connection, and the answer be lost.
      headers: [...forwardedHeaders(request), ...framing(request), ["Connection", "keep-alive"]].flat(),
      createConnection: () => socket,
    });
    const abort = () => asked.destroy();
    response.once("close", abort);
    asked.on("error", () => {}); // it is closed then
    asked.once("continue", () => response.writeContinue());
    asked.once("response", (answer) => {
      isAnswered = true;
      answer.once("end", () => socket.destroy());
      try {
        sendAnswer(answer, response);
      } catch (error) {
        asked.destroy();
        reject(new Unanswered(`cannot pass on the answer of web: ${error}`));
      }
    });
    asked.once("close", () => {
      response.off("close", abort);
      request.unpipe(asked).resume(); // an answer that came early leaves some of it
      resolve(isAnswered);
    });
    if (hasBody(request)) request.pipe(sendHead(asked));
    else asked.end();
  });
}

function sendAnswer(answer: IncomingMessage, response: ServerResponse): void {
  response.writeHead(answer.statusCode ?? 502, answer.statusMessage, endToEndHeaders(answer).flat());
  // Whichever ends early, the other one does.
  pipeline(answer, sendHead(response), () => {});
}

/** The first byte of a body may take its time. `flushHeaders` would write as UTF-8 what was read as latin1. */
function sendHead<Message extends OutgoingMessage>(message: Message): Message {
  message.write(Buffer.alloc(0));
  return message;
}
