import assert from "node:assert/strict";
import { readFileSync, statSync } from "node:fs";
import { copyFile, mkdir, readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { PACKAGE_ROOT } from "./system/package-root.ts";
import { runProcess } from "./system/run-process.ts";
import { eventually } from "./testing/eventually.ts";
import { readExamples } from "./testing/example.ts";
import { listLeft, listRunning } from "./testing/left-behind.ts";
import { checkRequest } from "./testing/request.ts";
import { startServer } from "./testing/server.ts";
import { makeDirectory } from "./testing/small-artifact.ts";

// Somebody else's application: its sources come from the index, and a description is put beside them.
const HOLDALL = join(PACKAGE_ROOT, "bin/holdall.js");
const BUILD_CACHE = join(PACKAGE_ROOT, "node_modules/.cache/holdall");
const EXAMPLES = join(PACKAGE_ROOT, "examples");

test("pytaku runs from its source checkout: configured, migrated, served, with one scheduler", async (t) => {
  const checkout = await fetchSources(t);
  for (const file of ["holdall.yaml", "holdall.lock"])
    await copyFile(join(EXAMPLES, "pytaku-checkout", file), join(checkout, file));
  const env = { ...process.env, HOLDALL_CACHE: BUILD_CACHE };
  const develop = async (...options: string[]) => {
    const server = await startServer([process.execPath, HOLDALL, "dev", ...options], { cwd: checkout, env });
    t.after(() => server.stop("SIGKILL"));
    return server;
  };

  const first = await develop("--migrate", "--set", "hours_until_outdated=12");
  const requests = readExamples().find(({ name }) => name === "pytaku")?.requests ?? [];
  assert.ok(requests.length > 0);
  for (const request of requests) await checkRequest(first.address, request);
  const configuration = join(checkout, ".holdall/data/pytaku.conf.json");
  const { FLASK_SECRET_KEY: key, MANGA_HOURS_UNTIL_OUTDATED: hours } = JSON.parse(
    readFileSync(configuration, "utf8"),
  );
  assert.deepEqual([key.length, hours, statSync(configuration).mode & 0o777], [43, 12, 0o600]);

  const runs = /^scheduler *\| Found 0 outdated titles$/m;
  await eventually("the scheduler works", () => (runs.test(first.output()) ? true : undefined));
  const second = await develop("--no-migrate", "--set", "hours_until_outdated=12");
  await eventually("the other one waits", () => (/scheduler waits/.test(second.output()) ? true : undefined));
  assert.doesNotMatch(second.output(), runs);

  for (const server of [second, first]) {
    const running = listRunning(server.pid);
    await server.stop("SIGINT");
    const none = { processes: [], ports: [], sockets: [] };
    const { locks, ...left } = await listLeft(running, checkout);
    assert.deepEqual(left, none);
    if (server === first) assert.deepEqual(locks, []);
  }
});

/** As the lock of the example names them: the bytes are compared with its hashes. */
async function fetchSources(t: TestContext): Promise<string> {
  const directory = await makeDirectory(t);
  const pinned = /^pytaku==(?:.*\\\n)*.*$/m.exec(
    readFileSync(join(EXAMPLES, "pytaku/holdall.lock"), "utf8"),
  )?.[0];
  assert.ok(pinned !== undefined);
  const [requirements, checkout] = [join(directory, "requirements.txt"), join(directory, "checkout")];
  await writeFile(requirements, `${pinned}\n`);
  await mkdir(checkout);
  const succeed = async (...argv: string[]) => {
    const { status, stdout, stderr } = await runProcess(argv, { cwd: directory, env: process.env });
    assert.equal(status, 0, `${argv.join(" ")}\n${stdout}\n${stderr}`);
  };
  const download = ["pip", "download", "--no-deps", "--no-binary", "pytaku"];
  await succeed("python3", "-m", "venv", "environment");
  await succeed("environment/bin/python", "-m", ...download, "--require-hashes", "-r", requirements);
  const sdist = (await readdir(directory)).find((name) => name.endsWith(".tar.gz"));
  assert.ok(sdist !== undefined);
  await succeed("tar", "-xf", sdist, "--strip-components=1", "-C", checkout);
  return checkout;
}
