import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import {
  checkStreams,
  compareAnswers,
  type Fetch,
  fetchFrom,
  openServed,
  REQUESTS,
  TALKS,
  talkByHttp,
} from "../../testing/served-applications.ts";

// The same requests to a real server and to the front before it: an application sees no difference but who asks.

async function serve(t: TestContext, kind: "wsgi" | "asgi") {
  const app = await openServed(t, kind, "static: { /static: public }\n");
  const { url = "", events } = await app.start("web");
  let own: string | undefined;
  for await (const event of events) {
    own = event.kind === "output" ? /http:\/\/127\.0\.0\.1:\d+/.exec(event.line)?.[0] : undefined;
    if (own !== undefined) break;
  }
  assert.ok(own !== undefined && !url.startsWith(own), `${own} is not ${url}`);
  const direct = fetchFrom(`${own}/`);
  const asFront: Fetch = (path, init) => {
    const headers = new Headers(init?.headers);
    headers.set("X-Forwarded-For", "127.0.0.1");
    headers.set("X-Forwarded-Proto", "http");
    headers.set("X-Forwarded-Host", new URL(url).host);
    return direct(path, { ...init, headers });
  };
  const ways = [
    ["the server", asFront],
    ["the front", fetchFrom(url)],
  ] as const;
  return { own, url, ways };
}

test("a WSGI application behind the front sees and says the same", async (t) => {
  const { ways } = await serve(t, "wsgi");
  await compareAnswers(t, ways, REQUESTS);
  await checkStreams(t, ways);
});

test("an ASGI application behind the front sees and says the same", async (t) => {
  const { ways, own, url } = await serve(t, "asgi");
  await compareAnswers(t, ways, REQUESTS);
  await checkStreams(t, ways);
  const path = "a%20b?x=1";
  for (const [name, said, protocols] of TALKS) {
    await t.test(`web sockets: ${name}`, async () => {
      const [direct, through] = await Promise.all(
        [`${own}/`, url].map((each) => talkByHttp(each.replace("http", "ws") + path, said, protocols)),
      );
      assert.deepEqual(through, direct);
    });
  }
  await t.test("web sockets: refused", async () => {
    assert.deepEqual(await talkByHttp(`${url.replace("http", "ws")}refuse`, [], []), ["", 1006, ""]);
  });
});
