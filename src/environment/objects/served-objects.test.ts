import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { cpSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { PACKAGE_ROOT } from "../../system/package-root.ts";
import { makeDirectory } from "../../testing/small-artifact.ts";
import { openAppPackage } from "../app-package/open-app-package.ts";
import type { LoadedObject } from "./load-object.ts";

// The same requests by HTTP to a real server, and by `fetch` to the object: docs/objects.md names all differences.

type Fetch = (path: string, init?: RequestInit) => Promise<Response>;

const APPLICATIONS = join(PACKAGE_ROOT, "src/testing/served");
const CACHE = join(PACKAGE_ROOT, "node_modules/.cache/holdall/build");

const DESCRIPTIONS = {
  wsgi: "name: hard\nplatform: python, wsgi\npip: gunicorn>=23\napp: hard_wsgi:app\nprocesses: { web: 'gunicorn --threads 110 --keep-alive 60 --bind {host}:{port} hard_wsgi:app' }\n",
  asgi: "name: hard\nplatform: python, asgi\npip: [uvicorn>=0.30, websockets>=13]\napp: hard_asgi:app\nprocesses: { web: 'uvicorn --timeout-keep-alive 60 --host {host} --port {port} hard_asgi:app' }\n",
} as const;

interface Served {
  /** By the name of the way. */
  readonly ways: readonly (readonly [name: string, fetch: Fetch])[];
  readonly object: LoadedObject;
  readonly url: string;
}

async function serve(t: TestContext, kind: keyof typeof DESCRIPTIONS): Promise<Served> {
  const directory = await makeDirectory(t);
  cpSync(APPLICATIONS, directory, { recursive: true });
  writeFileSync(join(directory, "holdall.yaml"), DESCRIPTIONS[kind]);
  const app = await openAppPackage(directory, { env: process.env, cacheDirectory: CACHE });
  t.after(() => app.close());
  const web = await app.start("web");
  const object = await app.loadObject();
  const url = web.url ?? "";
  const byHttp: Fetch = (path, init) => fetch(url.slice(0, -1) + path, { redirect: "manual", ...init });
  return {
    object,
    url,
    ways: [
      ["http", byHttp],
      ["object", (path, init) => object.fetch(path, init)],
    ],
  };
}

/** What servers add, and how bytes are framed on a connection. */
const OF_SERVERS = ["connection", "date", "keep-alive", "server", "transfer-encoding"];

async function describe(response: Response) {
  const headers = [...response.headers].filter(([name]) => !OF_SERVERS.includes(name));
  const body = Buffer.from(await response.arrayBuffer());
  const text = body.length > 2000 ? createHash("sha256").update(body).digest("hex") : body.toString("latin1");
  return { status: response.status, statusText: response.statusText, headers, size: body.length, text };
}

const bytes = Buffer.from(Array.from({ length: 70_000 }, (_, index) => index % 251));
const form = () => {
  const data = new FormData();
  data.set("text", "ä");
  data.set("file", new File([bytes], "bytes.bin", { type: "application/octet-stream" }));
  return data;
};
const stream = (...pieces: readonly string[]) =>
  ReadableStream.from(
    (async function* () {
      for (const piece of pieces) {
        await new Promise((resolve) => setTimeout(resolve, 5)); // pieces that come one by one
        yield new TextEncoder().encode(piece);
      }
    })(),
  );

const CASES: readonly (readonly [name: string, path: string, init?: () => RequestInit])[] = [
  ["nothing special", "/"],
  ["percent-encoding", "/a%2Fb%20c/%C3%A9%FF%00/~'(!)*;=,@$&+"],
  ["a path that begins twice", "//double//slash/"],
  ["a query", "/?x=%26&y=+&x=2&empty=&=&%FF&q=a?b/c"],
  ["an empty query", "/?"],
  [
    "headers of a request",
    "/",
    () => ({
      headers: [
        ["X-Twice", "one"],
        ["x-twice", "two"],
        ["X-Latin", "café"],
        ["X-Empty", ""],
        ["X-Spaces", "  a  b  "],
      ],
    }),
  ],
  ["cookies", "/", () => ({ headers: { cookie: 'a=1; b="two words"; c=' } })],
  ["headers with _, which pass for others", "/", () => ({ headers: { x_forwarded_for: "1.2.3.4" } })],
  ["headers of an answer", "/headers"],
  ["a method of its own", "/", () => ({ method: "PROPFIND", body: "<x/>" })],
  ["OPTIONS", "/", () => ({ method: "OPTIONS" })],
  ["HEAD", "/headers", () => ({ method: "HEAD" })],
  ["DELETE without a body", "/", () => ({ method: "DELETE" })],
  ["POST without a body", "/", () => ({ method: "POST" })],
  ["a text", "/", () => ({ method: "POST", body: "tëxt" })],
  ["bytes", "/", () => ({ method: "PUT", body: bytes })],
  ["an empty text", "/", () => ({ method: "POST", body: "" })],
  ["a form", "/", () => ({ method: "POST", body: new URLSearchParams({ a: "ä b", c: "&" }) })],
  ["a blob", "/", () => ({ method: "POST", body: new Blob([bytes], { type: "x/y" }) })],
  [
    "a body in pieces",
    "/",
    () => ({ method: "POST", body: stream("one, ", "two"), duplex: "half" }) as RequestInit,
  ],
  ["a body that comes back", "/mirror", () => ({ method: "POST", body: bytes })],
  [
    "a body in pieces that comes back",
    "/mirror",
    () => ({ method: "POST", body: stream("one", "two"), duplex: "half" }) as RequestInit,
  ],
  ["64 MB up", "/", () => ({ method: "POST", body: Buffer.alloc(64 << 20, "x") })],
  ["64 MB down", `/large?${64 << 20}`],
  ...[200, 201, 204, 206, 302, 304, 400, 404, 418, 500, 503].map(
    (code) => [`status ${code}`, `/status/${code}`] as const,
  ),
  ...[204, 304, 404].map((code) => [`HEAD ${code}`, `/status/${code}`, () => ({ method: "HEAD" })] as const),
];

async function compare(t: TestContext, { ways }: Served, cases: typeof CASES): Promise<void> {
  for (const [name, path, init] of cases) {
    await t.test(name, async () => {
      const [byHttp, byObject] = await Promise.all(
        ways.map(async ([, ask]) => describe(await ask(path, init?.()))),
      );
      assert.deepEqual(byObject, byHttp);
    });
  }
}

async function checkStreams(t: TestContext, { ways }: Served): Promise<void> {
  for (const [way, ask] of ways) {
    await t.test(`by ${way}: pieces come when they are made`, async () => {
      const { body } = await ask("/pieces");
      const reader = body?.pipeThrough(new TextDecoderStream()).getReader();
      assert.equal((await reader?.read())?.value, "first");
      assert.equal((await ask("/go")).status, 204);
      assert.equal((await reader?.read())?.value, "second");
      assert.equal((await reader?.read())?.done, true);
    });
    await t.test(`by ${way}: who goes early is noticed`, async () => {
      const { body } = await ask("/endless");
      const reader = body?.getReader();
      await reader?.read();
      await reader?.cancel();
      assert.equal(await (await ask("/was-closed")).text(), "yes");
      const controller = new AbortController();
      const aborted = await ask("/endless", { signal: controller.signal });
      controller.abort();
      await assert.rejects(aborted.text(), { name: "AbortError" });
      assert.equal(await (await ask("/was-closed")).text(), "yes");
    });
    await t.test(`by ${way}: errors before and in the middle of an answer`, async () => {
      assert.equal((await ask("/fail")).status, 500);
      const late = await ask("/fail-late");
      assert.equal(late.status, 200);
      await assert.rejects(late.text());
    });
    await t.test(`by ${way}: a hundred at the same time`, async () => {
      const answers = await Promise.all(
        Array.from({ length: 100 }, async (_, index) => {
          const response = await ask("/mirror", { method: "POST", body: `${index}`.repeat(10_000) });
          return (await response.text()) === `${index}`.repeat(10_000);
        }),
      );
      assert.ok(answers.every(Boolean));
    });
  }
}

test("a WSGI object answers as it does under gunicorn", async (t) => {
  const served = await serve(t, "wsgi");
  await compare(t, served, [
    ...CASES,
    ["a length, and no more", "/by-length", () => ({ method: "POST", body: "by length" })],
    ["a form of parts by its length", "/by-length?", () => ({ method: "POST", body: new Blob([bytes]) })],
    ["start_response's write", "/by-write"],
  ]);
  await checkStreams(t, served);
  await t.test("a form of parts has a length", async () => {
    const response = await served.object.fetch("/", { method: "POST", body: form() });
    const { CONTENT_LENGTH: length, body } = (await response.json()) as {
      CONTENT_LENGTH: string;
      body: [number];
    };
    assert.equal(Number(length), body[0]);
  });
  await t.test("an answer that has not begun is replaced", async () => {
    const response = await served.object.fetch("/fail-replaced");
    const { status, statusText } = response;
    assert.deepEqual([status, statusText, response.headers.get("x-first")], [503, "Sorry", null]);
    assert.equal(await response.text(), "sorry");
  });
  await t.test("a header that would be two is refused", async () => {
    for (const [, ask] of served.ways) assert.equal((await ask("/fail-header")).status, 500);
  });
});

test("an ASGI object answers as it does under uvicorn", async (t) => {
  const served = await serve(t, "asgi");
  await compare(t, served, CASES);
  await checkStreams(t, served);
  await t.test("work after an answer goes on", async () => {
    for (const [, ask] of served.ways) {
      for (const method of ["GET", "HEAD"]) {
        assert.equal((await ask("/after", { method })).status, 200);
        assert.equal(await (await ask("/was-closed")).text(), "yes");
      }
    }
  });
  await checkWebSockets(t, served);
});

/** What a client sees: protocol, messages, and how it ended. */
type Transcript = readonly [protocol: string, ...messages: unknown[]];

async function talkByHttp(
  url: string,
  said: readonly (string | Uint8Array)[],
  protocols: string[],
): Promise<Transcript> {
  const socket = new WebSocket(url, protocols);
  socket.binaryType = "arraybuffer";
  const seen: unknown[] = [];
  const left = [...said];
  return new Promise((resolve) => {
    socket.onmessage = ({ data }) => {
      seen.push(typeof data === "string" ? data : Buffer.from(data).toString("hex"));
      const next = left.shift();
      if (next === undefined) socket.close(4002, "enough");
      else socket.send(next);
    };
    socket.onclose = ({ code, reason }) => resolve([socket.protocol, ...seen, code, reason]);
  });
}

async function talkToObject(
  object: LoadedObject,
  path: string,
  said: readonly (string | Uint8Array)[],
  protocols: string[],
): Promise<Transcript> {
  const socket = await object.connect(path, { protocols });
  const seen: unknown[] = [];
  const left = [...said];
  for await (const data of socket.messages) {
    seen.push(typeof data === "string" ? data : Buffer.from(data).toString("hex"));
    const next = left.shift();
    if (next === undefined) await socket.close(4002, "enough");
    else await socket.send(next);
  }
  const { code, reason } = await socket.closed;
  return [socket.protocol ?? "", ...seen, code, reason];
}

async function checkWebSockets(t: TestContext, { object, url }: Served): Promise<void> {
  const talks: readonly [string, readonly (string | Uint8Array)[], string[]][] = [
    [
      "texts, bytes, and the client closes",
      ["hällo", new Uint8Array([0, 255]), "", "x".repeat(1_000_000)],
      [],
    ],
    ["the object closes", ["close"], ["v1", "v2"]],
    ["the object ends", ["end"], ["v1"]],
    ["the object fails", ["fail"], []],
  ];
  for (const [name, said, protocols] of talks) {
    await t.test(`web sockets: ${name}`, async () => {
      const path = "/a%20b?x=1";
      const byHttp = await talkByHttp(`${url.replace("http", "ws").slice(0, -1)}${path}`, said, protocols);
      assert.deepEqual(await talkToObject(object, path, said, protocols), byHttp);
    });
  }
  await t.test("web sockets: refused", async () => {
    await assert.rejects(object.connect("/refuse"), {
      message: "cannot open the web socket /refuse: the object refuses it",
    });
  });
}
