import assert from "node:assert/strict";
import { once } from "node:events";
import type { ExampleRequest } from "./example.ts";

/** Sends a request to a server and compares the answer. */
export async function checkRequest(address: string, request: ExampleRequest): Promise<void> {
  const { path, status, contains, websocket } = request;
  if (websocket) return checkWebSocket(`${address.replace("http:", "ws:")}${path}`, websocket);
  const response = await fetch(`${address}${path}`, toInit(request));
  const body = Buffer.from(await response.arrayBuffer()).toString("latin1");
  assert.equal(response.status, status, `${path}: ${body.slice(0, 500)}`);
  if (contains) assert.ok(body.includes(contains), `${path} lacks ${contains}: ${body.slice(0, 500)}`);
}

function toInit({ method = "GET", form, json }: ExampleRequest): RequestInit {
  if (form) return { method, redirect: "manual", body: new URLSearchParams(form) };
  if (json === undefined) return { method, redirect: "manual" };
  const headers = { "content-type": "application/json" };
  return { method, redirect: "manual", headers, body: JSON.stringify(json) };
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
