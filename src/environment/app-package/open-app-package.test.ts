import assert from "node:assert/strict";
import { existsSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { openArtifact } from "../../artifact/open-artifact.ts";
import { unpackArtifact } from "../../artifact/unpack-artifact.ts";
import { makeArtifactToStart } from "../../testing/artifact-to-start.ts";
import { eventually } from "../../testing/eventually.ts";
import { fileEntry, makeDirectory } from "../../testing/small-artifact.ts";
import { openArtifactRelease } from "../application/open-artifact.ts";
import type { PackageOptions } from "./app-package.ts";
import { openAppPackage } from "./open-app-package.ts";

const SAY = `import http.server, json, os, signal, sys
class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.end_headers()
        self.wfile.write(json.dumps({"size": os.environ["SIZE"], "data": os.environ["STATE_DIRECTORY"]}).encode())
    def log_message(self, *arguments):
        pass
def app(environ, start_response):
    start_response("200 OK", [])
    return [os.environ["SIZE"].encode()]
if __name__ == "__main__":
    if sys.argv[1] == "wait":
        print(os.getpid(), flush=True)
        signal.pause()
    if sys.argv[1] == "deaf":
        signal.pause()
    http.server.HTTPServer(("127.0.0.1", int(sys.argv[1])), Handler).serve_forever()
`;

const python = (...words: string[]) => ({
  argv: ["python", "{app}/say.py", ...words],
  ...({ instances: 1, overlap: "allowed" } as const),
});

async function makeArtifact(t: TestContext) {
  const artifact = await makeArtifactToStart(t, {
    application: [fileEntry("app/say.py", SAY)],
    plan: {
      commands: {
        wait: { kind: "argv", argv: ["python", "{app}/say.py", "wait"], help: "", origin: "own" },
        copy: { kind: "argv", argv: ["shop", "copy"], help: "", origin: "own" },
        exit: { kind: "argv", argv: ["shop", "exit"], help: "", origin: "own" },
      },
      processes: { web: python("{port}"), worker: python("deaf"), dying: python("no-port") },
      objects: { app: { interface: "wsgi", module: "say", attribute: "app", isFactory: false } },
      settings: {
        size: { type: "int", help: "how many", isRequired: true, env: "SIZE" },
        key: { type: "secret", help: "", isRequired: false, generate: "secret", env: "KEY" },
      },
      services: { main: { type: "sqlite" } },
    },
  });
  return { ...artifact, env: { ...artifact.env, TMPDIR: await makeDirectory(t) } };
}

async function open(t: TestContext, options: Partial<PackageOptions> = {}) {
  const { path, env } = await makeArtifact(t);
  const app = await openAppPackage(path, { env, settings: { size: 7 }, ...options });
  t.after(() => app.close());
  return app;
}

test("one environment runs commands, yields objects, starts processes, and ends with its package", async (t) => {
  const app = await open(t);
  const copied = await app.runCommand("copy", [], { input: "hello" });
  assert.deepEqual(copied, { status: 0, signal: undefined, stdout: "hello", stderr: "" });
  assert.equal((await app.runCommand("exit", ["3"])).status, 3);
  const object = await app.loadObject();
  assert.equal(await (await object.fetch("/")).text(), "7");
  const web = await app.start("web");
  const { size, data } = (await (await fetch(web.url ?? "")).json()) as { size: string; data: string };
  assert.equal(size, "7");
  const { main } = await app.services();
  await main?.check();
  assert.ok(existsSync(data));
  await app.close();
  await web.done;
  await assert.rejects(fetch(web.url ?? ""), "it listens no more");
  assert.equal(existsSync(data), false, "the private directory has gone");
  await assert.rejects(app.runCommand("copy"), { message: `${app.path} is closed` });
  await app.close();
});

test("a package is opened by its outside, and prepared when it is needed", async (t) => {
  const { path, env } = await makeArtifact(t);
  const broken = join(await makeDirectory(t), "broken.holdall");
  writeFileSync(broken, "no artifact");
  await using app = await openAppPackage(broken, { env });
  await assert.rejects(app.plan(), { code: "artifact_unreadable" });
  await assert.rejects(openAppPackage("/no/such", { env }), {
    code: "artifact_unreadable",
    message: "cannot open /no/such: there is no such file",
  });
  const unpacked = join(await makeDirectory(t), "open");
  await unpackArtifact(await openArtifact(path), unpacked);
  const { prefix } = await openArtifactRelease(path, { env });
  for (const [place, form] of [
    [path, "artifact"],
    [unpacked, "artifact"],
    [prefix, "release"],
  ] as const) {
    await using each = await openAppPackage(place, { env, settings: { size: 1 } });
    assert.deepEqual([each.form, Object.keys((await each.plan()).objects)], [form, ["app"]]);
    assert.equal((await each.runCommand("copy", [], { input: "x" })).stdout, "x");
  }
});

test("settings are described, typed, and required before anything starts", async (t) => {
  const base = await makeDirectory(t);
  const app = await open(t, { base });
  const [key, size] = await app.settings();
  assert.deepEqual(size, {
    ...{ name: "size", type: "int", help: "how many", isRequired: true, isSecret: false },
    ...{ isGenerated: false, value: "7", source: "set", origin: "the option settings.size" },
  });
  assert.deepEqual([key?.value, key?.source, key?.isGenerated], [undefined, "none", true]);
  assert.deepEqual(readdirSync(base), [], "to look at settings makes nothing");
  await app.services();
  assert.deepEqual((await app.settings())[0]?.value, "********");
  await app.close();
  assert.deepEqual(readdirSync(base), [".holdall"], "a directory that was named stays");
  const without = await open(t, { settings: {} });
  await assert.rejects(without.runCommand("copy"), { code: "setting_missing" });
  const { stdout } = await without.runCommand("generate-config");
  assert.match(stdout, /^SIZE=$/m, "a settings file to start from has what is missing");
  const wrong = await open(t, { settings: { size: "many" } });
  await assert.rejects(wrong.runCommand("copy"), {
    code: "setting_invalid",
    message: 'cannot use the setting size: the option settings.size must be a whole number, not "many"',
  });
});

test("what is under way when a package closes is ended, and says so", async (t) => {
  const app = await open(t);
  const running = app.runCommand("wait");
  const ended = assert.rejects(running, { message: `${app.path} is closed` });
  const worker = await app.start("worker");
  const starting = app.start("web");
  const loading = app.loadObject();
  const outcomes = Promise.allSettled([starting, loading]);
  await app.close();
  await ended;
  await worker.done;
  for (const outcome of await outcomes) {
    if (outcome.status === "rejected") assert.match(String(outcome.reason), /is closed/);
  }
  const pids: number[] = [];
  for await (const event of app.events) if (event.kind === "started") pids.push(event.pid);
  assert.ok(pids.length > 0);
  for (const pid of pids) assert.throws(() => process.kill(pid, 0), { code: "ESRCH" });
});

test("an abort closes the package, and an abort of one call ends that alone", async (t) => {
  const all = new AbortController();
  const app = await open(t, { signal: all.signal });
  const one = new AbortController();
  const waiting = app.runCommand("wait", [], { signal: one.signal });
  await app.plan();
  one.abort(new Error("enough"));
  await assert.rejects(waiting, { message: "enough" });
  assert.equal((await app.runCommand("exit", ["0"])).status, 0);
  const other = app.runCommand("wait");
  all.abort();
  await assert.rejects(other, { message: `${app.path} is closed` });
});

test("a process that is not there, that dies, or that never listens is explained", async (t) => {
  const app = await open(t);
  await assert.rejects(app.start("wb"), { code: "process_not_found", hint: "Did you mean web?" });
  const policy = { firstMs: 1, longestMs: 1, steadyMs: 10_000, attempts: 2 };
  const dying = await app.start("dying", { policy });
  await assert.rejects(dying.done, { code: "process_failed" });
  const lines: string[] = [];
  await eventually("its traceback is told", async () => {
    lines.length = 0;
    for await (const event of dying.events) {
      if (event.kind === "output") lines.push(event.line);
      if (event.kind === "given-up") return true;
    }
    return undefined;
  });
  assert.ok(
    lines.some((line) => line.startsWith("ValueError")),
    lines.join("\n"),
  );
});
