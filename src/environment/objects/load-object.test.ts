import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { makeArtifactToStart } from "../../testing/artifact-to-start.ts";
import { eventually } from "../../testing/eventually.ts";
import { fileEntry } from "../../testing/small-artifact.ts";
import { openArtifactRelease } from "../application/open-artifact.ts";
import { ensureDirectories, planDirectories } from "../directories/directories.ts";
import type { EnvironmentEvent } from "../events.ts";
import { injectVariables } from "../inject.ts";
import { loadObject } from "./load-object.ts";

const WSGI = `import atexit, os, time

atexit.register(lambda: open("exited", "w").close())

def app(environ, start_response):
    path = environ["PATH_INFO"]
    if path == "/echo":
        body = environ["wsgi.input"].read()
        headers = [("content-type", "application/octet-stream"), ("set-cookie", "a=1"), ("set-cookie", "b=2"),
                   ("x-query", environ["QUERY_STRING"]), ("x-custom", environ.get("HTTP_X_CUSTOM", ""))]
        start_response("201 Made", headers)
        return [body]
    if path == "/stream":
        start_response("200 OK", [])
        return stream()
    if path == "/slow":
        time.sleep(0.3)
        start_response("200 OK", [])
        return [b"slow"]
    if path == "/late":
        start_response("200 OK", [])
        return late()
    if path == "/refused":
        raise ConnectionRefusedError("no database")
    if path == "/exit":
        raise SystemExit(3)
    if path == "/early":
        start_response("103 Early Hints", [])
        return [b""]
    if path == "/fork":
        child = os.fork()
        if child == 0:
            time.sleep(60)
            os._exit(0)
        start_response("200 OK", [])
        return [str(child).encode()]
    if path == "/environ":
        start_response("200 OK", [])
        return [repr((os.getcwd(), os.environ["HOLDALL_OBJECT"])).encode()]
    start_response("204 No Content", [])
    return []

def stream():
    try:
        for number in range(1000000):
            yield b"%d\\n" % number * 1000
    finally:
        open("closed", "w").close()

def late():
    yield b"some"
    raise ValueError("late")

def make():
    return app

def add(a, b):
    return a + b

async def later(what):
    import asyncio
    if what == "loop":
        return id(asyncio.get_running_loop())
    if what == "error":
        raise KeyError("no such word")
    if what == "exit":
        raise SystemExit(3)
    try:
        open("waiting", "w").close()
        await asyncio.sleep(600)
    finally:
        open("ended", "w").close()

class Speechless(Exception):
    def __str__(self):
        raise ValueError("no text")

def odd(what):
    if what == "exit":
        raise SystemExit(3)
    if what == "speechless":
        raise Speechless()
    if what == "long":
        raise ValueError("x" * 10000000)
    return {"nan": float("nan"), "set": {1}, "large": "x" * (1 << 24), "surrogate": chr(0xdc80)}[what]

number = 3
`;

const ASGI = `import asyncio

async def app(scope, receive, send):
    if scope["type"] == "lifespan":
        while True:
            message = await receive()
            if message["type"] == "lifespan.startup":
                scope["state"]["greeting"] = "hello"
            await send({"type": message["type"] + ".complete"})
            if message["type"] == "lifespan.shutdown":
                open("stopped", "w").close()
                return
    if scope["type"] == "websocket":
        await receive()
        if scope["path"] == "/refused":
            await send({"type": "websocket.close", "code": 4003})
            return
        await send({"type": "websocket.accept", "subprotocol": scope["subprotocols"][-1] if scope["subprotocols"] else None})
        while True:
            message = await receive()
            if message["type"] == "websocket.disconnect":
                open("disconnected", "w").write(str(message["code"]))
                return
            if message["text"] == "bye":
                await send({"type": "websocket.close", "code": 4001, "reason": "as you wish"})
                return
            await send({"type": "websocket.send", "text": message["text"], "bytes": message["bytes"]})
    body, more = b"", True
    while more and scope["path"] != "/wait":
        message = await receive()
        body += message.get("body", b"")
        more = message.get("more_body", False)
    if scope["path"] == "/wait":
        while (await receive())["type"] != "http.disconnect":
            pass
        open("cancelled", "w").close()
        return
    if scope["path"] == "/error":
        raise ValueError("early")
    await send({"type": "http.response.start", "status": 200, "headers": [(b"x-state", scope["state"]["greeting"].encode())]})
    await send({"type": "http.response.body", "body": body, "more_body": True})
    await send({"type": "http.response.body", "body": b"."})
`;

async function load(
  t: TestContext,
  object: "wsgi" | "asgi" | "factory" | "add" | "odd" | "number" | `web:${string}`,
) {
  const planned = {
    wsgi: { interface: "wsgi", module: "web", attribute: "app", isFactory: false },
    factory: { interface: "wsgi", module: "web", attribute: "make", isFactory: true },
    asgi: { interface: "asgi", module: "live", attribute: "app", isFactory: false },
    add: { interface: "python", module: "web", attribute: "add", isFactory: false },
    odd: { interface: "python", module: "web", attribute: "odd", isFactory: false },
    number: { interface: "wsgi", module: "web", attribute: "number", isFactory: false },
  } as const;
  const artifact = await makeArtifactToStart(t, {
    application: [fileEntry("app/web.py", WSGI), fileEntry("app/live.py", ASGI)],
    plan: { objects: planned },
  });
  const runnable = await openArtifactRelease(artifact.path, { env: artifact.env });
  const directories = planDirectories(artifact.data, "release");
  await ensureDirectories(directories);
  const events: EnvironmentEvent[] = [];
  const environment = {
    ...{ runnable, directories },
    variablesOf: (part: Parameters<typeof injectVariables>[1]) =>
      injectVariables(
        { kind: "run", runnable, directories, env: artifact.env, supplied: {}, addresses: {} },
        part,
        { host: "127.0.0.1", port: 0 },
      ),
  };
  const loaded = await loadObject(environment, object, { onEvent: (event) => events.push(event) });
  t.after(() => loaded.close());
  const lines = () => events.flatMap((event) => (event.kind === "output" ? [event.line] : []));
  return { loaded, lines, data: artifact.data };
}

/** Its standard error comes on another way than its answer. */
async function told(lines: () => readonly string[], line: string): Promise<void> {
  await eventually(line, () => (lines().at(-1) === line ? true : undefined));
}

test("a WSGI object is fetched: method, headers, body, query, cookies, status", async (t) => {
  const { loaded, data } = await load(t, "wsgi");
  const body = Buffer.alloc(3_000_000, "x");
  const response = await loaded.fetch("/echo?a=%20b", { method: "POST", body, headers: { "X-Custom": "é" } });
  assert.deepEqual([response.status, response.statusText], [201, "Made"]);
  assert.equal(Buffer.compare(Buffer.from(await response.arrayBuffer()), body), 0);
  assert.deepEqual(response.headers.getSetCookie(), ["a=1", "b=2"]);
  assert.deepEqual([response.headers.get("x-query"), response.headers.get("x-custom")], ["a=%20b", "é"]);
  assert.equal((await loaded.fetch("/nothing")).status, 204);
  assert.equal(await (await loaded.fetch("/echo", { method: "HEAD" })).text(), "");
  assert.equal(await (await loaded.fetch("/environ")).text(), `('${data}', 'wsgi')`);
});

test("a request body streams, and a hundred requests go side by side", async (t) => {
  const { loaded } = await load(t, "factory");
  const stream = new ReadableStream({
    async start(controller) {
      for (const piece of ["one ", "two ", "three"]) {
        controller.enqueue(new TextEncoder().encode(piece));
        await new Promise(setImmediate);
      }
      controller.close();
    },
  });
  const streamed = await loaded.fetch("/echo", {
    method: "POST",
    body: stream,
    duplex: "half",
  } as RequestInit);
  assert.equal(await streamed.text(), "one two three");
  const responses = await Promise.all(Array.from({ length: 100 }, () => loaded.fetch("/slow")));
  const texts = await Promise.all(responses.map((response) => response.text()));
  assert.deepEqual(new Set(texts), new Set(["slow"]));
});

test("a body that is cancelled, or a request that is aborted, ends the work", async (t) => {
  const { loaded, data } = await load(t, "wsgi");
  const response = await loaded.fetch("/stream");
  const reader = response.body?.getReader();
  assert.match(Buffer.from((await reader?.read())?.value ?? []).toString(), /^0\n/);
  await reader?.cancel();
  await eventually("the iterator is closed", () => (existsSync(join(data, "closed")) ? true : undefined));
  const controller = new AbortController();
  const slow = loaded.fetch("/slow", { signal: controller.signal });
  controller.abort(new Error("enough"));
  await assert.rejects(slow, /enough/);
});

test("an error in the object is a response of a server, with the traceback in the log", async (t) => {
  const { loaded, lines } = await load(t, "wsgi");
  const response = await loaded.fetch("/refused");
  assert.deepEqual([response.status, await response.text()], [500, "Internal Server Error"]);
  await told(lines, "ConnectionRefusedError: no database");
  const late = await loaded.fetch("/late");
  assert.equal(late.status, 200);
  await assert.rejects(late.text(), /cut off/);
  await told(lines, "ValueError: late");
});

test("an ASGI object is started, fetched, cancelled and stopped", async (t) => {
  const { loaded, lines, data } = await load(t, "asgi");
  const response = await loaded.fetch("/", { method: "POST", body: "abc" });
  assert.deepEqual([await response.text(), response.headers.get("x-state")], ["abc.", "hello"]);
  assert.equal((await loaded.fetch("/error")).status, 500);
  await told(lines, "ValueError: early");
  const controller = new AbortController();
  const waiting = loaded.fetch("/wait", { signal: controller.signal });
  controller.abort();
  await assert.rejects(waiting, { name: "AbortError" });
  await loaded.close();
  assert.ok(existsSync(join(data, "stopped")), "its lifespan has ended");
});

test("web sockets of an ASGI object: texts, bytes, protocols, both ways of closing, refusal", async (t) => {
  const { loaded, data } = await load(t, "asgi");
  const socket = await loaded.connect("/chat", { protocols: ["v1", "v2"] });
  assert.equal(socket.protocol, "v2");
  await socket.send("hällo");
  await socket.send(new Uint8Array([1, 2]));
  assert.equal((await socket.messages.next()).value, "hällo");
  assert.deepEqual((await socket.messages.next()).value, new Uint8Array([1, 2]));
  await socket.send("bye");
  assert.equal((await socket.messages.next()).done, true);
  assert.deepEqual(await socket.closed, { code: 4001, reason: "as you wish" });
  const other = await loaded.connect("/chat");
  await other.close(4002);
  await eventually("it is told", () => {
    return existsSync(join(data, "disconnected")) &&
      readFileSync(join(data, "disconnected"), "utf8") === "4002"
      ? true
      : undefined;
  });
  await assert.rejects(
    loaded.connect("/refused"),
    /cannot open the web socket \/refused: the object refuses it/,
  );
});

test("a function is called with values, and its own error comes back", async (t) => {
  const { loaded } = await load(t, "add");
  assert.equal(await loaded.call(2, 3), 5);
  assert.deepEqual(await loaded.call([1], ["x"]), [1, "x"]);
  await assert.rejects(loaded.call(1), /TypeError: add\(\) missing 1 required positional argument/);
});

test("a function that is in no plan is named with its module", async (t) => {
  const { loaded } = await load(t, "web:add");
  assert.equal(await loaded.call(2, 3), 5);
  const failed = { code: "object_failed", message: /^cannot load web:absent: importing web:absent fails/ };
  await assert.rejects(load(t, "web:absent"), failed);
});

test("coroutines of all calls run in one event loop, and one whose caller has gone is cancelled", async (t) => {
  const { loaded, data } = await load(t, "web:later");
  assert.equal(await loaded.call("loop"), await loaded.call("loop"));
  await assert.rejects(loaded.call("error"), { message: "KeyError: 'no such word'" });
  await assert.rejects(loaded.call("exit"), { message: "SystemExit: 3" });
  await assert.rejects(loaded.call(), /TypeError: later\(\) missing 1 required positional argument/);
  const waiting = assert.rejects(loaded.call("wait"), /the process of the object has ended/);
  await eventually("it waits", () => existsSync(join(data, "waiting")) || undefined);
  await loaded.close();
  await waiting;
  assert.ok(existsSync(join(data, "ended")));
});

test("what a function returns or raises ends its call alone, whatever it is", async (t) => {
  const { loaded } = await load(t, "odd");
  const cases: readonly [string, RegExp][] = [
    ["nan", /^Error: ValueError: Out of range float values are not JSON compliant/],
    ["set", /^Error: TypeError: Object of type set is not JSON serializable$/],
    ["large", /^Error: ValueError: 16777218 bytes at once are more than 16777216$/],
    ["exit", /^Error: SystemExit: 3$/],
    ["speechless", /^Error: Speechless: \(an error that has no text\)$/],
    ["long", /^Error: ValueError: x{65536}$/],
  ];
  for (const [what, message] of cases) await assert.rejects(loaded.call(what), message);
  assert.equal(await loaded.call("surrogate"), "\udc80");
  await assert.rejects(loaded.call("x".repeat(1 << 24)), RangeError);
});

test("what no server could answer ends its call alone", async (t) => {
  const { loaded, lines } = await load(t, "wsgi");
  assert.equal((await loaded.fetch("/exit")).status, 500);
  await told(lines, "SystemExit: 3");
  await assert.rejects(loaded.fetch("/early"), /the object answers with status 103, which no Response has/);
  const failing = new ReadableStream({ pull: () => Promise.reject(new Error("no more")) });
  const init = { method: "POST", body: failing, duplex: "half" } as RequestInit;
  await assert.rejects(loaded.fetch("/echo", init), { message: "no more" });
  assert.equal((await loaded.fetch("/nothing")).status, 204);
});

test("a thousand calls at once are answered", async (t) => {
  for (const object of ["wsgi", "asgi"] as const) {
    const { loaded } = await load(t, object);
    const answers = await Promise.all(
      Array.from({ length: 1000 }, async () =>
        (await loaded.fetch("/echo", { method: "POST", body: "x" })).text(),
      ),
    );
    assert.deepEqual(new Set(answers), new Set([object === "asgi" ? "x." : "x"]));
  }
});

test("what an object forks ends with it", async (t) => {
  const { loaded, data } = await load(t, "wsgi");
  const child = Number(await (await loaded.fetch("/fork")).text());
  assert.equal(process.kill(child, 0), true);
  await loaded.close();
  assert.throws(() => process.kill(child, 0), { code: "ESRCH" });
  assert.ok(existsSync(join(data, "exited")), "as in a server, what it has registered with atexit has run");
  await assert.rejects(loaded.fetch("/nothing"), { message: "the process of the object has ended" });
});

test("what cannot be loaded is explained", async (t) => {
  await assert.rejects(load(t, "number"), {
    code: "object_failed",
    message:
      "cannot load number: importing web:number fails (TypeError: web:number is a int, which cannot be called)",
  });
  await assert.rejects(load(t, "wsgj" as "wsgi"), {
    code: "object_not_found",
    message: "cannot load wsgj: the application has no object of that name",
    hint: "Did you mean wsgi?",
  });
});
