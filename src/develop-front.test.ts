import assert from "node:assert/strict";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { isPortFree } from "./system/port-owner.ts";
import { type Development, startDevelopment } from "./testing/development.ts";
import { makeDirectory } from "./testing/small-artifact.ts";

// `holdall dev` of an application with files that a web server serves by itself.

const WEB = `import http.server, json, os, sys
import page
class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.end_headers()
        own = {name: os.environ[name] for name in ("HOST", "PORT", "HOLDALL_ADDRESS_WEB", "UPLOADS_URL")}
        seen = {"page": page.TEXT, "path": self.path, "words": sys.argv[1:], "host": self.headers["Host"], **own}
        self.wfile.write(json.dumps(seen).encode())
    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        with open(os.environ["UPLOADS_DIRECTORY"] + self.path, "wb") as file:
            file.write(body)
        self.send_response(201)
        self.end_headers()
    def log_message(self, *words):
        pass
http.server.ThreadingHTTPServer((sys.argv[1], int(sys.argv[2])), Handler).serve_forever()
`;
const DESCRIPTION = `name: gallery
platform: python
processes: { web: "python {app}/web.py {host} {port}" }
static: { /static: public }
services: { uploads: { type: public_files, quota: 1kB } }
`;

async function makeApplication(t: TestContext): Promise<string> {
  const directory = join(await makeDirectory(t), "gallery");
  await mkdir(join(directory, "public"), { recursive: true });
  for (const [name, text] of Object.entries({
    ...{ "holdall.yaml": DESCRIPTION, "web.py": WEB, "page.py": 'TEXT = "one"\n' },
    "public/a.css": "body {}",
  }))
    await writeFile(join(directory, name), text);
  return directory;
}

function untilServed({ until, address }: Development, from = 0) {
  const isServed = (event: Development["events"][number]) =>
    event.kind === "listening" && event.part === "web" && event.address === address;
  return until("web listens", isServed, from);
}

test("holdall dev serves what is static or uploaded by itself, and requests wait while web starts again", async (t) => {
  const directory = await makeApplication(t);
  const development = await startDevelopment(t, directory);
  const { until, events, address, port } = development;
  await untilServed(development);
  const get = (path: string) => fetch(address + path);
  const getText = async (path: string) => (await get(path)).text();
  assert.equal(await getText("static/a.css"), "body {}");
  const seen = JSON.parse(await getText("static/missing?x"));
  const own = String(seen.PORT);
  assert.notEqual(own, String(port));
  const told = `127.0.0.1:${port}`;
  assert.deepEqual(seen, {
    ...{ page: "one", path: "/static/missing?x", words: ["127.0.0.1", own], host: told },
    ...{ HOST: "127.0.0.1", PORT: own, HOLDALL_ADDRESS_WEB: told, UPLOADS_URL: "/uploads/" },
  });

  const upload = (body: string) => fetch(`${address}a.txt`, { method: "POST", body });
  assert.equal((await upload("x".repeat(900))).status, 201);
  assert.equal((await getText("uploads/a.txt")).length, 900);
  assert.equal((await upload("x".repeat(1001))).status, 201, "the application itself stores them");
  const warning = await until("it is told", ({ kind }) => kind === "warning");
  const full = "cannot store anything in uploads: its files have 1001 bytes, 1000 are allowed";
  assert.equal(warning.kind === "warning" && warning.message, full);
  await upload("");

  const before = events.length;
  await writeFile(join(directory, "page.py"), 'TEXT = "two"\n');
  await until("the change is seen", ({ kind }) => kind === "changed", before);
  assert.equal(JSON.parse(await getText("")).page, "two", "who asks from now on waits for the new one");

  const from = events.length;
  await writeFile(join(directory, "page.py"), "TEXT =\n");
  await until("there is a verdict", ({ kind }) => kind === "given-up", from);
  const refused = await get("");
  const verdict = "cannot keep web running: it has ended 3 times, at last with status 1\n";
  assert.deepEqual([refused.status, await refused.text()], [502, verdict]);
  assert.equal(await getText("static/a.css"), "body {}");
  await writeFile(join(directory, "page.py"), 'TEXT = "three"\n');
  await untilServed(development, from);
  assert.equal(JSON.parse(await getText("")).page, "three");

  development.interrupt("SIGINT");
  assert.equal(await development.ended, 0, development.errors());
  assert.deepEqual(development.countLeft(), { processes: [], locks: 0 });
  for (const each of [port, Number(own)]) assert.ok(await isPortFree("127.0.0.1", each), `${each} is free`);
});

test("two fronts of one checkout have the same files, and a port has one user", async (t) => {
  const directory = await makeApplication(t);
  const first = await startDevelopment(t, directory);
  await untilServed(first);
  const refused = await startDevelopment(t, directory, { port: first.port });
  assert.equal(await refused.ended, 1);
  const { error } = JSON.parse(JSON.stringify(refused.events.at(-1)));
  const user = `the \`holdall dev\` that runs here already (process ${first.child.pid})`;
  assert.equal(error.message, `cannot start web: port ${first.port} of 127.0.0.1 is used by ${user}`);
  const second = await startDevelopment(t, directory, { args: ["--host", "0.0.0.0"] });
  await untilServed(second);
  await fetch(`${first.address}b.txt`, { method: "POST", body: "shared" });
  assert.equal(await (await fetch(`${second.address}uploads/b.txt`)).text(), "shared");
  first.interrupt("SIGKILL");
  await first.ended;
  second.interrupt("SIGINT");
  assert.equal(await second.ended, 0, second.errors());
  assert.deepEqual(second.countLeft().processes, []);
});
