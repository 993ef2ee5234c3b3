import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { cp, mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { PACKAGE_ROOT } from "./system/package-root.ts";
import { runProcess } from "./system/run-process.ts";
import { readExamples } from "./testing/example.ts";
import {
  FOREIGN_SERVERS,
  type ForeignServer,
  logOfFailedStart,
  SERVER_PYTHON,
  type Surroundings,
  startForeignServer,
} from "./testing/foreign-server.ts";
import { makeSite } from "./testing/foreign-site.ts";
import { checkRequest } from "./testing/request.ts";
import { fileEntry, makeDirectory, removeReadOnly } from "./testing/small-artifact.ts";

// docs/foreign-servers.md: servers that were installed by themselves are given the file, and nothing else.
const HOLDALL = join(PACKAGE_ROOT, "bin/holdall.js");
const BUILD_CACHE = join(PACKAGE_ROOT, "node_modules/.cache/holdall");

test("docs/foreign-servers.md has the command of each server", () => {
  const document = readFileSync(join(PACKAGE_ROOT, "docs/foreign-servers.md"), "utf8");
  for (const { name, command } of FOREIGN_SERVERS.filter((server) => server.name !== "Apache")) {
    const shown = command.replace("$BIN/", "").replace("$PORT", "8000").replace("$ARTIFACT", "app.holdall");
    const [program = "", ...words] = shown.replace("uwsgi_python3", "uwsgi --plugin python3").split(" ");
    const isShown = document
      .split("\n")
      .some((line) => line.startsWith(`    ${program} `) && words.every((word) => line.includes(word)));
    assert.ok(isShown || name.includes("preloaded"), `${name}: ${shown}`);
  }
});

for (const server of FOREIGN_SERVERS) {
  test(`${server.name}: a page, a static file, and an error with its traceback in the log`, async (t) => {
    const site = await makeSite(t, server);
    const running = await startForeignServer(t, server, { ...site, artifact: site.path });
    if (running === undefined) return;
    try {
      await checkRequest(running.address, { path: "/", status: 200, contains: "0 items by cart" });
      await checkRequest(running.address, { path: "/static/site.css", status: 200, contains: "color: teal" });
      const answer = await fetch(`${running.address}/error`).catch(() => undefined);
      // uWSGI closes the connection without an answer when no header was sent.
      assert.equal(answer?.status, server.name === "uWSGI" ? undefined : 500);
      await running.logHas("LookupError: nothing on this shelf");
      await running.logHas("Traceback (most recent call last)");
    } finally {
      await running.stop();
    }
  });

  test(`${server.name}: what goes wrong when the application is imported is in the log`, async (t) => {
    const site = await makeSite(t, server);
    const surroundings = { ...site, artifact: site.path, env: { SITE_IS_BROKEN: "1" } };
    const log = await logOfFailedStart(t, server, surroundings);
    if (log === undefined) return;
    assert.match(log, /Traceback \(most recent call last\)/);
    assert.match(log, /site_app\.py", line 4/);
    assert.match(log, /ModuleNotFoundError: No module named 'module_that_nobody_has'/);
  });

  test(`${server.name}: a server with another Python is told so in one sentence`, async (t) => {
    const site = await makeSite(t, server, { minor: "3.99" });
    const log = await logOfFailedStart(t, server, { ...site, artifact: site.path });
    if (log === undefined) return;
    assert.match(
      log,
      /cannot start shop 1\.0: it serves Python 3\.99; this is Python 3\.\d+\.\d+ on \w+ \(\/usr\/bin\/python3/,
    );
    assert.doesNotMatch(log, /File .*holdall_support/, "no traceback of ours");
  });
}

const UVICORN = findServer("uvicorn");

test("the Flask example is served by gunicorn, and not by a uvicorn with another click until that is allowed", async (t) => {
  const directory = await makeDirectory(t);
  const data = join(directory, "data");
  await mkdir(data);
  const artifact = await buildExample(directory, "flask-guestbook");
  const surroundings = { artifact, data, cache: join(directory, "cache") };
  t.after(() => removeReadOnly(surroundings.cache));

  const log = (await logOfFailedStart(t, UVICORN, surroundings)) ?? "";
  assert.match(
    log,
    /its server has already imported click 8\.1\.7 where the artifact brings click 8\.(?!1\.7)/,
  );
  assert.match(
    log,
    /hint: Install click==8\.\S+ beside the server, or set HOLDALL_ALLOW_CLASHES=click to let/,
  );

  const allowed = { ...UVICORN, command: `${UVICORN.command} --interface wsgi` };
  const env = { HOLDALL_ALLOW_CLASHES: "click", GUESTBOOK_DATABASE: join(data, "allowed.sqlite3") };
  await serve(t, allowed, { ...surroundings, env });
  await serve(t, findServer("gunicorn"), surroundings);
});

test("a server's own version, the same version of the rest, and modules that it has not imported are no clash", async (t) => {
  const entry = (name: string, version: string) => [
    fileEntry(`site-packages/${name}/__init__.py`, ""),
    fileEntry(
      `site-packages/${name}-${version}.dist-info/METADATA`,
      `Metadata-Version: 2.1\nName: ${name}\nVersion: ${version}\n`,
    ),
    fileEntry(`site-packages/${name}-${version}.dist-info/RECORD`, `${name}/__init__.py,,\n`),
  ];
  const distribution = [...entry("click", "8.1.7"), ...entry("pip", "1.0"), ...entry("uvicorn", "0.30.0")];
  const site = await makeSite(t, UVICORN, { distribution });
  const running = await startForeignServer(t, UVICORN, { ...site, artifact: site.path });
  await running?.stop();
});

test("a module without metadata clashes when its file is another", async (t) => {
  const distribution = [fileEntry("site-packages/h11/__init__.py", "")];
  const site = await makeSite(t, UVICORN, { distribution });
  const log = await logOfFailedStart(t, UVICORN, { ...site, artifact: site.path });
  assert.match(
    log ?? "",
    /already imported h11 0\.16\.0 where the artifact brings h11 \(\S+\/site-packages\/h11\/__init__\.py\)/,
  );
});

for (const name of ["gunicorn", "uWSGI"]) {
  test(`${name}: spawned children import what the application imports`, async (t) => {
    const server = findServer(name);
    const site = await makeSite(t, server);
    const running = await startForeignServer(t, server, { ...site, artifact: site.path });
    if (running === undefined) return;
    try {
      const response = await fetch(`${running.address}/spawn`);
      assert.match(await response.text(), /\/releases\/[^/]+\/lib\/python[^/]+\/site-packages\/cart\.py$/);
    } finally {
      await running.stop();
    }
  });
}

test("an ASGI application in a WSGI server is named as what it is", async (t) => {
  const gunicorn = findServer("gunicorn");
  const site = await makeSite(t, { ...gunicorn, interface: "asgi" });
  const running = await startForeignServer(t, gunicorn, { ...site, artifact: site.path });
  await running?.logHas("shop 1.0: app is for ASGI servers, and this one speaks WSGI");
  await running?.stop();
});

test("what lies in the working directory is not imported by an application under gunicorn", async (t) => {
  const gunicorn = findServer("gunicorn");
  const site = await makeSite(t, gunicorn);
  for (const name of ["cart", "multiprocessing"]) {
    await writeFile(join(site.data, `${name}.py`), "raise SystemExit('planted')\n");
  }
  const running = await startForeignServer(t, gunicorn, { ...site, artifact: site.path });
  await running?.stop();
});

function findServer(wanted: string): ForeignServer {
  const server = FOREIGN_SERVERS.find(({ name }) => name === wanted);
  if (server === undefined) throw new Error(`${wanted} is not among the servers`);
  return server;
}

async function buildExample(directory: string, name: string): Promise<string> {
  const output = join(directory, `${name}.holdall`);
  const source = join(directory, "source");
  await cp(join(PACKAGE_ROOT, "examples", name), source, { recursive: true });
  const argv = [process.execPath, HOLDALL, "build", source, "--output", output, "--python", SERVER_PYTHON];
  const { status, stderr } = await runProcess(argv, { env: { ...process.env, HOLDALL_CACHE: BUILD_CACHE } });
  assert.equal(status, 0, stderr);
  return output;
}

async function serve(t: TestContext, server: ForeignServer, surroundings: Surroundings): Promise<void> {
  const example = readExamples().find(({ name }) => name === "flask-guestbook");
  const running = await startForeignServer(t, server, surroundings);
  if (running === undefined || example === undefined) throw new Error("no server, or no example");
  try {
    for (const request of example.requests) await checkRequest(running.address, request);
  } finally {
    await running.stop();
  }
}
