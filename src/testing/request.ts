import assert from "node:assert/strict";
import { once } from "node:events";

/** A line of an example's requests.json. */
export interface ExampleRequest {
  readonly path: string;
  /** 101: a web socket is opened. */
  readonly status: number;
  readonly contains?: string;
  readonly websocket?: { readonly send: string; readonly receive: string };
}

export async function checkRequest(address: string, request: ExampleRequest): Promise<void> {
  const { path, status, contains, websocket } = request;
  if (websocket) return checkWebSocket(`${address.replace("http:", "ws:")}${path}`, websocket);
  const response = await fetch(`${address}${path}`, { redirect: "manual" });
  const body = Buffer.from(await response.arrayBuffer()).toString("latin1");
  assert.equal(response.status, status, `${path}: ${body.slice(0, 500)}`);
  if (contains) assert.ok(body.includes(contains), `${path} lacks ${contains}: ${body.slice(0, 500)}`);
}

async function checkWebSocket(
  url: string,
  { send, receive }: { readonly send: string; readonly receive: string },
): Promise<void> {
  const socket = new WebSocket(url);
  await once(socket, "open");
  socket.send(send);
  const [message] = (await once(socket, "message")) as [MessageEvent]; // by the event's definition
  socket.close();
  assert.ok(String(message.data).includes(receive), `${url} answered ${message.data}`);
}
