import type { IncomingMessage } from "node:http";
import { type Duplex, pipeline } from "node:stream";
import { forwardedHeaders } from "./forwarded-headers.ts";
import { type Gate, Unanswered } from "./gate.ts";

/**
 * Passes a request for another protocol (a web socket) to `web`; from then on, bytes in both directions are none of our
 * business.
 * @param head - what came after the headers.
 */
export async function passUpgrade(
  request: IncomingMessage,
  client: Duplex,
  { head, gate }: { readonly head: Buffer; readonly gate: Gate },
): Promise<void> {
  const gone = new AbortController();
  client.on("error", () => {}); // it is closed then
  client.once("close", () => gone.abort());
  try {
    const web = await gate.connect(gone.signal);
    web.write(renderHead(request), "latin1");
    web.write(head);
    pipeline(client, web, () => {});
    pipeline(web, client, () => {});
  } catch (error) {
    if (gone.signal.aborted) return;
    if (!(error instanceof Unanswered)) throw error;
    client.end(
      `HTTP/1.1 502 Bad Gateway\r\nConnection: close\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n${error.message}\n`,
    );
  }
}

/** Node gives headers as latin1. */
function renderHead(request: IncomingMessage): string {
  const { method, url, headers } = request;
  const upgrade = [
    ["Connection", "Upgrade"],
    ["Upgrade", headers.upgrade ?? ""],
  ] as const;
  const lines = [...forwardedHeaders(request), ...upgrade].map(([name, value]) => `${name}: ${value}`);
  return [`${method} ${url} HTTP/1.1`, ...lines, "", ""].join("\r\n");
}
