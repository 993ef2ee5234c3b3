import assert from "node:assert/strict";
import { once } from "node:events";
import { mkdirSync, writeFileSync } from "node:fs";
import { createServer, type IncomingMessage, type RequestListener } from "node:http";
import { type AddressInfo, createConnection, createServer as createTcpServer, type Socket } from "node:net";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { publicFilesService } from "../../services/public_files/service.ts";
import { findFreePort } from "../../system/port-owner.ts";
import { eventually } from "../../testing/eventually.ts";
import { makePlace } from "../../testing/service-conformance.ts";
import type { EnvironmentEvent } from "../events.ts";
import { Gate } from "./gate.ts";
import type { PlannedFront } from "./plan-front.ts";
import { startFront } from "./start-front.ts";

const HOST = "127.0.0.1";

/** A front with a `web` of our own behind it, which has to be started. */
async function makeFront(t: TestContext, more: Partial<PlannedFront> = {}) {
  const place = await makePlace(t);
  const directory = join(place.data, "public");
  mkdirSync(directory);
  const [address, web] = [
    { host: HOST, port: await findFreePort(HOST) },
    { host: HOST, port: await findFreePort(HOST) },
  ];
  const events: EnvironmentEvent[] = [];
  const published = [{ path: "/static", directory }];
  const front = await startFront({ address, web, published, limited: [], ...more }, (event) =>
    events.push(event),
  );
  t.after(() => front.close());
  const url = `http://${HOST}:${address.port}`;
  const tell = (kind: "listening" | "ended" | "given-up") => {
    const end = { status: 1, signal: undefined, wasAsked: false };
    const message = "cannot keep web running: it has ended 3 times, at last with status 1";
    front.onEvent({ part: "web", address: url, ...end, message, kind } as EnvironmentEvent); // all that any of them has
  };
  const listen = async (server: { listen(port: number, host: string): unknown; close(): unknown }) => {
    server.listen(web.port, HOST);
    t.after(() => server.close());
    await once(server as ReturnType<typeof createTcpServer>, "listening");
    tell("listening");
  };
  return {
    ...{ front, events, directory, place, address, url, tell, listen },
    listenHttp: (answer: RequestListener) => listen(createServer(answer)),
    get: (path: string, init?: RequestInit) => fetch(url + path, init),
    /** Sends text as it is; all that comes back until the connection has ended. */
    say: (text: string) => say(address.port, text),
  };
}

function connect(port: number): Socket {
  return createConnection({ host: HOST, port }).setEncoding("latin1");
}

async function say(port: number, text: string): Promise<string> {
  const socket = connect(port);
  socket.write(text, "latin1");
  let heard = "";
  for await (const piece of socket) heard += piece;
  return heard;
}

const readText = async (request: IncomingMessage) => (await request.setEncoding("utf8").toArray()).join("");

test("files are answered with type, time and ETag, also partly or not again; the rest is for web", async (t) => {
  const { directory, listenHttp, get, say } = await makeFront(t);
  await listenHttp((request, response) => response.end(`web: ${request.method} ${request.url}`));
  writeFileSync(join(directory, "a.css"), "body { color: red }");
  writeFileSync(join(directory, "ä.svg"), "<svg/>");
  writeFileSync(join(directory, "none"), "");
  const whole = await get("/static/a.css?v=2");
  const { headers } = whole;
  assert.deepEqual([whole.status, await whole.text()], [200, "body { color: red }"]);
  assert.equal(headers.get("content-type"), "text/css; charset=utf-8");
  assert.equal(headers.get("x-content-type-options"), "nosniff");
  assert.equal(headers.get("cache-control"), "public, max-age=0");
  const [etag, time] = [headers.get("etag") ?? "", headers.get("last-modified") ?? ""];

  // Not by `fetch`, which does not leave conditions alone.
  const answers: readonly (readonly [line: string, header: string, status: number, body: string])[] = [
    ["GET /static/%C3%A4.svg", "", 200, "<svg/>"],
    ["GET /static/none", "", 200, ""],
    ["HEAD /static/a.css", "", 200, ""],
    ["GET /static/a.css", `If-None-Match: ${etag}`, 304, ""],
    ["GET /static/a.css", 'If-None-Match: "another"', 200, "body { color: red }"],
    ["GET /static/a.css", `If-Modified-Since: ${time}`, 304, ""],
    ["GET /static/a.css", "Range: bytes=7-11", 206, "color"],
    ["GET /static/a.css", "Range: bytes=-5", 206, "red }"],
    ["GET /static/a.css", 'Range: bytes=7-11\r\nIf-Range: "another"', 200, "body { color: red }"],
    ["GET /static/missing.css", "", 200, "web: GET /static/missing.css"],
    ["GET /static/", "", 200, "web: GET /static/"],
    ["POST /static/a.css", "Content-Length: 0", 200, "web: POST /static/a.css"],
    ["GET /static/../a", "", 200, "web: GET /static/../a"],
    ["GET /static/%2e%2e%2fa", "", 200, "web: GET /static/%2e%2e%2fa"],
    ["GET /?x", "", 200, "web: GET /?x"],
  ];
  for (const [line, header, status, body] of answers) {
    const lines = [`${line} HTTP/1.1`, "Host: a", "Connection: close", ...(header ? [header] : []), "", ""];
    const [head = "", text] = (await say(lines.join("\r\n"))).split("\r\n\r\n");
    assert.deepEqual([Number(head.split(" ")[1]), text], [status, body], `${line} ${header}`);
  }
  assert.equal((await get("/static/a.css", { headers: { Range: "bytes=90-" } })).status, 416);
  assert.equal((await get("/static/a.css", { method: "HEAD" })).headers.get("content-length"), "19");
});

test("web gets the request of the client, without what is for one connection, and who asked", async (t) => {
  const { listenHttp, say, address } = await makeFront(t);
  await listenHttp((request, response) => {
    response.writeHead(200, ["Set-Cookie", "a", "Set-Cookie", "b", "Connection", "X-Own", "X-Own", "1"]);
    response.end(JSON.stringify(request.rawHeaders));
  });
  const headers = [
    ...[
      "Host: shop.example:81",
      "X-Case: One",
      "x-case: Two",
      "Cookie: a=1",
      "Keep-Alive: 5",
      "TE: trailers",
    ],
    ...["Connection: close, x-dropped, host", "X-Dropped: 1", "X-Forwarded-For: 203.0.113.9"],
    ...["X-Forwarded-Proto: https", "X-Forwarded-Host: other.example"],
  ];
  const answer = await say(`GET /a%2F?b HTTP/1.1\r\n${headers.join("\r\n")}\r\n\r\n`);
  const [head = "", body = ""] = answer.split("\r\n\r\n");
  assert.match(head, /^HTTP\/1\.1 200 OK\r\nSet-Cookie: a\r\nSet-Cookie: b\r\n/);
  assert.doesNotMatch(head, /X-Own/);
  const seen = [
    ...["Host", "shop.example:81", "X-Case", "One", "x-case", "Two", "Cookie", "a=1"],
    ...["X-Forwarded-For", "203.0.113.9, 127.0.0.1", "X-Forwarded-Proto", "https"],
    ...["X-Forwarded-Host", "other.example", "Connection", "keep-alive"],
  ];
  assert.deepEqual(JSON.parse(/\[.*\]/.exec(body)?.[0] ?? ""), seen);
  const old = await say("GET / HTTP/1.0\r\n\r\n");
  const own = `${HOST}:${address.port}`;
  assert.deepEqual(
    JSON.parse(/\[.*\]/.exec(old)?.[0] ?? "").slice(0, 2),
    ["Host", own],
    "HTTP/1.0 needs no Host",
  );
});

test("who asks before sending a body gets the answer of web", async (t) => {
  const { listen, say } = await makeFront(t);
  const server = createServer();
  server.on("checkContinue", async (request, response) => {
    if (request.url === "/no") return void response.writeHead(413).end("too much");
    response.writeContinue();
    response.end(await readText(request));
  });
  await listen(server);
  const head = "Host: a\r\nConnection: close\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\n";
  assert.match(await say(`POST /no HTTP/1.1\r\n${head}`), /^HTTP\/1\.1 413 [\s\S]*too much/);
  assert.match(
    await say(`POST /yes HTTP/1.1\r\n${head}hello`),
    /^HTTP\/1\.1 100 Continue\r\n\r\nHTTP\/1\.1 200 OK[\s\S]*hello/,
  );
});

test("an answer that comes before the body has been read arrives", async (t) => {
  const { listenHttp, get } = await makeFront(t);
  await listenHttp((_, response) => response.writeHead(413).end("too much"));
  const answer = await get("/", { method: "POST", body: Buffer.alloc(8 << 20) });
  assert.deepEqual([answer.status, await answer.text()], [413, "too much"]);
});

test("whoever goes ends it for the other side, before an answer and within it", async (t) => {
  const { listenHttp, address, get } = await makeFront(t);
  const asked: string[] = [];
  const gone: string[] = [];
  await listenHttp((request, response) => {
    const { url = "" } = request;
    asked.push(url);
    request.resume();
    response.once("close", () => gone.push(url));
    if (url === "/begun") response.write("some");
    if (url === "/cut") response.write("some", () => response.destroy());
  });
  for (const [request, url] of [
    ["GET /waiting HTTP/1.1\r\nHost: a\r\n\r\n", "/waiting"],
    ["GET /begun HTTP/1.1\r\nHost: a\r\n\r\n", "/begun"],
    ["POST /half HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\nhalf", "/half"],
  ] as const) {
    const client = connect(address.port);
    client.write(request);
    await eventually(`web is asked for ${url}`, () => (asked.includes(url) ? true : undefined));
    client.destroy();
    await eventually(`web hears of the end of ${url}`, () => (gone.includes(url) ? true : undefined));
  }
  const cut = await get("/cut");
  await assert.rejects(cut.text());
});

test("an answer that cannot be passed on is told, and harms no other request", async (t) => {
  const { listen, get } = await makeFront(t);
  let answer = "HTTP/1.1 200 a\x01b\r\nContent-Length: 2\r\n\r\nok";
  await listen(createTcpServer((socket) => void socket.once("data", () => socket.end(answer))));
  assert.match(await (await get("/")).text(), /^cannot pass on the answer of web: .*Invalid character/);
  answer = "no HTTP\r\n\r\n";
  assert.equal((await get("/")).status, 502);
  answer = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";
  assert.equal(await (await get("/")).text(), "ok");
});

test("requests wait while web starts, and those that may are asked again when it ends in between", async (t) => {
  const { listen, tell, get, front } = await makeFront(t);
  const early = get("/early");
  const connections: Socket[] = [];
  const dying = createTcpServer((socket) => void connections.push(socket));
  await listen(dying);
  const posted = get("/posted", { method: "POST", body: "x" });
  await eventually("both have come", () => (connections.length === 2 ? true : undefined));
  const release = front.hold();
  dying.close();
  for (const connection of connections) connection.destroy();
  assert.equal((await posted).status, 502);
  assert.equal(
    await (await posted).text(),
    "cannot ask web: it has closed the connection without an answer\n",
  );
  tell("ended");
  release();
  const late = get("/late", { method: "POST", body: "y" });
  await listen(
    createServer(async (request, response) => response.end(request.url + (await readText(request)))),
  );
  assert.equal(await (await early).text(), "/early");
  assert.equal(await (await late).text(), "/latey");
});

test("where web has ended for good, requests and those that wait are told so, web sockets too", async (t) => {
  const { get, say, tell, events } = await makeFront(t);
  const early = get("/");
  const socket = say("GET / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n");
  tell("given-up");
  const verdict = "cannot keep web running: it has ended 3 times, at last with status 1\n";
  for (const answer of [await early, await get("/")]) {
    assert.deepEqual([answer.status, await answer.text()], [502, verdict]);
    assert.equal(answer.headers.get("content-type"), "text/plain; charset=utf-8");
  }
  assert.match(await socket, new RegExp(`^HTTP/1\\.1 502 Bad Gateway\r\n[\\s\\S]*\r\n\r\n${verdict}$`));
  assert.equal(events.filter(({ kind }) => kind === "warning").length, 0);
});

test("the wait for web ends", async () => {
  const gate = new Gate({ host: HOST, port: await findFreePort(HOST) }, { waitMs: 0 });
  gate.hear({ kind: "listening", part: "web", address: "" });
  await assert.rejects(gate.connect(new AbortController().signal), {
    message:
      /^cannot ask web: nothing has listened on port \d+ of 127\.0\.0\.1 for 0 seconds; its command line has to /,
  });
  // Who is held for so long gets what there is.
  const server = createTcpServer().listen(0, HOST);
  await once(server, "listening");
  const { port } = server.address() as AddressInfo; // of a TCP server
  const held = new Gate({ host: HOST, port }, { waitMs: 0 });
  held.hear({ kind: "listening", part: "web", address: "" });
  held.hold();
  (await held.connect(new AbortController().signal)).destroy();
  server.close();
  const patient = new Gate({ host: HOST, port: 1 });
  await assert.rejects(patient.connect(AbortSignal.timeout(1)), { name: "AbortError" });
});

test("another protocol goes through as it is, in both directions, and ends on both sides", async (t) => {
  const { listen, address } = await makeFront(t);
  const server = createServer((request, response) => response.end(`no ${request.headers.upgrade}`));
  const ended: string[] = [];
  server.on("upgrade", (request, socket, head) => {
    socket.write(`HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n`);
    socket.write(`${request.headers["x-forwarded-for"]} ${head}`);
    socket.on("data", (data: Buffer) => socket.write(data.toString().toUpperCase()));
    socket.on("end", () => {
      ended.push("web");
      socket.end();
    });
  });
  await listen(server);
  const ask = (protocol: string) =>
    `GET / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: ${protocol}\r\n\r\n`;
  const client = connect(address.port);
  let heard = "";
  client.on("data", (text) => (heard += text));
  client.write(`${ask("websocket")}early`);
  await eventually("the answer", () => (heard.endsWith("127.0.0.1 early") ? true : undefined));
  client.write("hello");
  await eventually("the echo", () => (heard.endsWith("HELLO") ? true : undefined));
  client.end();
  await once(client, "close");
  await eventually("web hears of the end", () => (ended.length === 1 ? true : undefined));
  // What only HTTP/2 knows is no reason to leave the files to web.
  const plain = await say(
    address.port,
    ask("h2c").replace("Connection: Upgrade", "Connection: Upgrade, close"),
  );
  assert.match(plain, /^HTTP\/1\.1 200 OK\r\n[\s\S]*no undefined/);
});

test("a full service is told once, when something was sent, and again after there was room", async (t) => {
  const place = await makePlace(t, { name: "uploads", quotaBytes: 10 });
  const service = await publicFilesService.open(place);
  await service.setUp();
  const { published } = service;
  assert.ok(published !== undefined);
  const { listenHttp, get, events } = await makeFront(t, { published: [published], limited: [service] });
  await listenHttp(async (request, response) => {
    writeFileSync(join(published.directory, "a.txt"), await readText(request));
    response.end();
  });
  const store = async (text: string) => {
    await (await get("/upload", { method: "PUT", body: text })).text();
    assert.equal(await (await get("/uploads/a.txt")).text(), text);
  };
  const warnings = () => events.flatMap((event) => (event.kind === "warning" ? [event.message] : []));
  const full = "cannot store anything in uploads: its files have 11 bytes, 10 are allowed";
  await store("1234567890");
  await store("12345678901");
  await eventually("it is told", () => (warnings().length > 0 ? true : undefined));
  await store("12345678901");
  await store("1");
  // Nothing is told of room, so it is asked until a second warning shows that it was seen.
  await eventually("it is told again", async () => {
    await store("1");
    await store("12345678901");
    return warnings().length > 1 ? true : undefined;
  });
  assert.deepEqual(new Set(warnings()), new Set([full]));
});

test("an address that is taken is refused with who has it", async (t) => {
  const { address } = await makeFront(t);
  const planned = { address, web: address, published: [], limited: [] };
  await assert.rejects(
    startFront(planned, () => {}),
    {
      code: "port_in_use",
      message: `cannot start web: port ${address.port} of ${HOST} is used by node (process ${process.pid})`,
    },
  );
});
