import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { cpSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { TestContext } from "node:test";
import type { AppPackage } from "../environment/app-package/app-package.ts";
import { openAppPackage } from "../environment/app-package/open-app-package.ts";
import { PACKAGE_ROOT } from "../system/package-root.ts";
import { makeDirectory } from "./small-artifact.ts";

// What of HTTP and web sockets a real server and an application of hard parts see, by one way as by another.

export type Fetch = (path: string, init?: RequestInit) => Promise<Response>;

/** Ways to the same application, the one to be compared with first. */
export type Ways = readonly (readonly [name: string, fetch: Fetch])[];

const APPLICATIONS = join(PACKAGE_ROOT, "src/testing/served");
const CACHE = join(PACKAGE_ROOT, "node_modules/.cache/holdall/build");

const DESCRIPTIONS = {
  wsgi: "name: hard\nplatform: python, wsgi\npip: gunicorn>=23\napp: hard_wsgi:app\nprocesses: { web: 'gunicorn --threads 110 --keep-alive 60 --bind {host}:{port} hard_wsgi:app' }\n",
  asgi: "name: hard\nplatform: python, asgi\npip: [uvicorn>=0.30, websockets>=13]\napp: hard_asgi:app\nprocesses: { web: 'uvicorn --timeout-keep-alive 60 --host {host} --port {port} hard_asgi:app' }\n",
} as const;

/** @param more - lines of the description. */
export async function openServed(
  t: TestContext,
  kind: keyof typeof DESCRIPTIONS,
  more = "",
): Promise<AppPackage> {
  const directory = await makeDirectory(t);
  cpSync(APPLICATIONS, directory, { recursive: true });
  writeFileSync(join(directory, "holdall.yaml"), DESCRIPTIONS[kind] + more);
  const app = await openAppPackage(directory, { env: process.env, cacheDirectory: CACHE });
  t.after(() => app.close());
  return app;
}

export function fetchFrom(url: string): Fetch {
  return (path, init) => fetch(url.slice(0, -1) + path, { redirect: "manual", ...init });
}

/** What servers add, and how bytes are framed on a connection. */
const OF_SERVERS = ["connection", "date", "keep-alive", "server", "transfer-encoding"];

async function describe(response: Response) {
  const headers = [...response.headers].filter(([name]) => !OF_SERVERS.includes(name));
  const body = Buffer.from(await response.arrayBuffer());
  const text = body.length > 2000 ? createHash("sha256").update(body).digest("hex") : body.toString("latin1");
  return { status: response.status, statusText: response.statusText, headers, size: body.length, text };
}

export const BYTES = Buffer.from(Array.from({ length: 70_000 }, (_, index) => index % 251));
const stream = (...pieces: readonly string[]) =>
  ReadableStream.from(
    (async function* () {
      for (const piece of pieces) {
        await new Promise((resolve) => setTimeout(resolve, 5)); // pieces that come one by one
        yield new TextEncoder().encode(piece);
      }
    })(),
  );

export const REQUESTS: readonly (readonly [name: string, path: string, init?: () => RequestInit])[] = [
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
  ["bytes", "/", () => ({ method: "PUT", body: BYTES })],
  ["an empty text", "/", () => ({ method: "POST", body: "" })],
  ["a form", "/", () => ({ method: "POST", body: new URLSearchParams({ a: "ä b", c: "&" }) })],
  ["a blob", "/", () => ({ method: "POST", body: new Blob([BYTES], { type: "x/y" }) })],
  [
    "a body in pieces",
    "/",
    () => ({ method: "POST", body: stream("one, ", "two"), duplex: "half" }) as RequestInit,
  ],
  ["a body that comes back", "/mirror", () => ({ method: "POST", body: BYTES })],
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

export async function compareAnswers(t: TestContext, ways: Ways, cases: typeof REQUESTS): Promise<void> {
  for (const [name, path, init] of cases) {
    await t.test(name, async () => {
      const [first, other] = await Promise.all(
        ways.map(async ([, ask]) => describe(await ask(path, init?.()))),
      );
      assert.deepEqual(other, first);
    });
  }
}

export async function checkStreams(t: TestContext, ways: Ways): Promise<void> {
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

/** What a client says, one after the other, and the protocols that it offers. */
export const TALKS: readonly (readonly [name: string, said: readonly (string | Uint8Array)[], string[]])[] = [
  ["texts, bytes, and the client closes", ["hällo", new Uint8Array([0, 255]), "", "x".repeat(1_000_000)], []],
  ["the object closes", ["close"], ["v1", "v2"]],
  ["the object ends", ["end"], ["v1"]],
  ["the object fails", ["fail"], []],
];

/** What a client sees: protocol, messages, and how it ended. */
export type Transcript = readonly [protocol: string, ...messages: unknown[]];

export async function talkByHttp(
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
