import assert from "node:assert/strict";
import { mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { request, type Server } from "node:http";
import { dirname, join } from "node:path";
import { text } from "node:stream/consumers";
import { type TestContext, test } from "node:test";
import { PACKAGE_ROOT } from "./system/package-root.ts";
import { runProcess } from "./system/run-process.ts";
import { eventually } from "./testing/eventually.ts";
import { makeDirectory } from "./testing/small-artifact.ts";

// The examples are what a user would write: they get "holdall" by its name, that is, the bundle.
const EXAMPLES = join(PACKAGE_ROOT, "examples/library");
// Kept between runs, as a user's is: what is downloaded once is not downloaded for each test.
process.env["HOLDALL_CACHE"] = join(PACKAGE_ROOT, "node_modules/.cache/holdall");

async function listen(t: TestContext, server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  t.after(() => new Promise((resolve) => server.close(resolve)));
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("a TCP server has a port");
  return address.port;
}

async function makeApplication(t: TestContext, files: Readonly<Record<string, string>>): Promise<string> {
  const directory = await makeDirectory(t);
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(directory, path)), { recursive: true });
    writeFileSync(join(directory, path), content);
  }
  return directory;
}

const testsThat = (does: string) =>
  `import unittest\n\nclass Sums(unittest.TestCase):\n    def test_sum(self):\n        ${does}\n`;

test("the CI server tests directories and git repositories, and keeps what they said", async (t) => {
  const { createCiServer } = await import(join(EXAMPLES, "ci-server.js"));
  const logs = await makeDirectory(t);
  const url = `http://127.0.0.1:${await listen(t, createCiServer(logs))}`;
  const post = async (body: string) =>
    (await fetch(url, { method: "POST", body })).json() as Promise<Record<string, unknown>>;
  const described =
    "name: sums\nplatform: python\nlifecycle: { unit_test: 'python -m unittest discover -s {app}' }\n";
  const right = await makeApplication(t, {
    "holdall.yaml": described,
    "test_sums.py": testsThat("self.assertEqual(1 + 1, 2)"),
  });
  const git = (...words: string[]) =>
    runProcess(["git", "-c", "user.name=a", "-c", "user.email=a@b", ...words], {
      cwd: right,
      env: process.env,
    });
  await git("init", "--quiet");
  await git("add", ".");
  await git("commit", "--quiet", "--message=one");
  const wrong = await makeApplication(t, {
    "holdall.yaml": described,
    "test_sums.py": testsThat("self.assertEqual(1 + 1, 3)"),
  });
  const broken = await makeApplication(t, { "holdall.yaml": "nme: sums\n" });
  for (const source of [right, `file://${right}`]) {
    const { log, ...result } = await post(source);
    assert.deepEqual(result, { passed: true, status: 0 });
    assert.match(await (await fetch(`${url}/${log}`)).text(), /Ran 1 test[\s\S]*OK/);
  }
  const { log, ...result } = await post(wrong);
  assert.deepEqual(result, { passed: false, status: 1 });
  assert.match(await (await fetch(`${url}/${log}`)).text(), /AssertionError: 2 != 3/);
  const { code } = await post(broken);
  assert.equal(code, "description_invalid");
  assert.equal((await fetch(`${url}/${"0".repeat(36)}.log`)).status, 404);
  assert.equal(readdirSync(logs).length, 3);
});

const COUNT = `import os
def app(environ, start_response):
    count = int(open("count").read()) + 1 if os.path.exists("count") else 1
    open("count", "w").write(str(count))
    start_response("200 OK", [("Set-Cookie", "a=1"), ("Set-Cookie", "b=2")])
    body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0)).decode()
    return [("%d %d %s %s%s" % (os.getpid(), count, environ["HTTP_HOST"], environ["RAW_URI"], body)).encode()]
`;
const STATIC = `import http.server, os, sys
class Handler(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers["content-length"]))
        self.send_response(201, "Made")
        self.end_headers()
        self.wfile.write(body + self.path.encode())
    def log_message(self, *words):
        pass
http.server.HTTPServer(("127.0.0.1", int(sys.argv[1])), Handler).serve_forever()
`;

test("the hosting service starts applications at their first request, by host name, and stops them", async (t) => {
  const { createHostingService } = await import(join(EXAMPLES, "hosting-service.js"));
  const sites = {
    "count.test": await makeApplication(t, {
      "holdall.yaml": "name: count\nplatform: python, wsgi\npip: gunicorn>=23\napp: count:app\n",
      "count.py": COUNT,
    }),
    "plain.test": await makeApplication(t, {
      "holdall.yaml": "name: plain\nplatform: python\nprocesses: { web: 'python {app}/plain.py {port}' }\n",
      "plain.py": STATIC,
    }),
    "broken.test": await makeApplication(t, { "holdall.yaml": "nme: broken\n" }),
  };
  const data = await makeDirectory(t);
  const port = await listen(t, createHostingService(sites, { data, idleMs: 200 }));
  const ask = async (host: string, path: string, init: { method?: string; body?: string } = {}) =>
    new Promise<{ status: number | undefined; cookies: number; body: string }>((resolve, reject) => {
      const headers = { host: `${host}:${port}` };
      const asked = request({ port, path, method: init.method ?? "GET", headers }, async (response) => {
        const cookies = response.headers["set-cookie"]?.length ?? 0;
        resolve({ status: response.statusCode, cookies, body: await text(response) });
      });
      asked.on("error", reject).end(init.body);
    });
  const first = await ask("count.test", "/a%2Fb?c");
  const [pid, count, ...rest] = first.body.split(" ");
  assert.deepEqual(
    [first.status, first.cookies, count, rest.join(" ")],
    [200, 2, "1", `count.test:${port} /a%2Fb?c`],
  );
  const posted = await ask("COUNT.test", "/", { method: "POST", body: "posted" });
  assert.deepEqual(posted.body.split(" ").slice(1), ["2", `COUNT.test:${port}`, "/posted"]);
  const plain = await ask("plain.test", "/x?y", { method: "POST", body: "plain" });
  assert.deepEqual([plain.status, plain.body], [201, "plain/x?y"]);
  assert.equal((await ask("other.test", "/")).status, 404);
  const broken = await ask("broken.test", "/");
  assert.equal(broken.status, 502);
  assert.match(broken.body, /^cannot read .*holdall\.yaml/);
  await eventually("it is stopped when nobody asks", () => {
    try {
      process.kill(Number(pid), 0);
      return undefined;
    } catch {
      return true;
    }
  });
  assert.equal((await ask("count.test", "/")).body.split(" ")[1], "3", "its data stay");
});

test("a WSGI object is tested from node:test", async () => {
  const argv = [process.execPath, "--test", join(EXAMPLES, "wsgi.test.js")];
  const { NODE_TEST_CONTEXT: _, ...env } = process.env;
  const { status, stdout } = await runProcess(argv, { env });
  assert.equal(status, 0, stdout);
});
