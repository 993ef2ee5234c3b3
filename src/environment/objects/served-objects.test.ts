import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import {
  BYTES,
  checkStreams,
  compareAnswers,
  fetchFrom,
  openServed,
  REQUESTS,
  TALKS,
  type Transcript,
  talkByHttp,
  type Ways,
} from "../../testing/served-applications.ts";
import type { LoadedObject } from "./load-object.ts";

// The same requests by HTTP to a real server, and by `fetch` to the object: docs/objects.md names all differences.

interface Served {
  readonly ways: Ways;
  readonly object: LoadedObject;
  readonly url: string;
}

async function serve(t: TestContext, kind: "wsgi" | "asgi"): Promise<Served> {
  const app = await openServed(t, kind);
  const { url = "" } = await app.start("web");
  const object = await app.loadObject();
  return {
    ...{ object, url },
    ways: [
      ["http", fetchFrom(url)],
      ["object", (path, init) => object.fetch(path, init)],
    ],
  };
}

const form = () => {
  const data = new FormData();
  data.set("text", "ä");
  data.set("file", new File([BYTES], "bytes.bin", { type: "application/octet-stream" }));
  return data;
};
test("a WSGI object answers as it does under gunicorn", async (t) => {
  const served = await serve(t, "wsgi");
  await compareAnswers(t, served.ways, [
    ...REQUESTS,
    ["a length, and no more", "/by-length", () => ({ method: "POST", body: "by length" })],
    ["a form of parts by its length", "/by-length?", () => ({ method: "POST", body: new Blob([BYTES]) })],
    ["start_response's write", "/by-write"],
  ]);
  await checkStreams(t, served.ways);
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
  await compareAnswers(t, served.ways, REQUESTS);
  await checkStreams(t, served.ways);
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
  for (const [name, said, protocols] of TALKS) {
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
