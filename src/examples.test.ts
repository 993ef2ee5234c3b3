import assert from "node:assert/strict";
import { globSync } from "node:fs";
import { copyFile, cp, mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { PACKAGE_ROOT } from "./system/package-root.ts";
import { runProcess } from "./system/run-process.ts";
import { compareFinders } from "./testing/compare-finders.ts";
import { type Example, readExamples } from "./testing/example.ts";
import { needServer } from "./testing/needs.ts";
import { checkRequest } from "./testing/request.ts";
import { startServer } from "./testing/server.ts";
import { makeDirectory } from "./testing/small-artifact.ts";

// From an application to a served page, through the bundle and the file alone. A new folder is a new test.
const HOLDALL = join(PACKAGE_ROOT, "bin/holdall.js");
// Kept between runs, as a user's is: what is downloaded once is not downloaded for each test.
const BUILD_CACHE = join(PACKAGE_ROOT, "node_modules/.cache/holdall");

interface Surroundings {
  readonly cwd: string;
  readonly env: NodeJS.ProcessEnv;
}

for (const example of readExamples()) {
  test(`${example.name}: built, carried over as one file, served, stopped without a trace`, async (t) => {
    for (const server of example.servers) if (!(await needServer(t, server))) return;
    const directory = await makeDirectory(t);
    const data = join(directory, "data");
    await mkdir(data);
    await buildInto(join(data, "app.holdall"), example, directory);

    const surroundings = { cwd: data, env: carriedEnvironment(directory) };
    assert.match(await succeed(["./app.holdall"], surroundings), /serve/);
    for (const { command, stdout } of example.setup) {
      const output = await succeed(["./app.holdall", ...command], surroundings);
      if (stdout) await writeFile(join(data, stdout), output);
    }
    await serve(example, surroundings);
    await compareFinders(join(data, "app.holdall"), { data, env: surroundings.env });
    const code = globSync("**/{*.py,*.pyc,__pycache__,*.so,pyvenv.cfg}", { cwd: data });
    assert.deepEqual(code, [], "the working directory holds data only");
  });
}

/** Builds from a copy, which is then removed: nothing but the file is there when it runs. */
async function buildInto(
  artifact: string,
  { name, directory: source }: Example,
  directory: string,
): Promise<void> {
  const application = join(directory, "source", name);
  const built = join(directory, "built.holdall");
  await cp(source, application, { recursive: true });
  await succeed([process.execPath, HOLDALL, "build", application, "--output", built], {
    cwd: directory,
    env: { ...process.env, HOLDALL_CACHE: BUILD_CACHE },
  });
  await copyFile(built, artifact);
  await rm(built);
  await rm(application, { recursive: true });
}

async function serve({ requests, servers }: Example, surroundings: Surroundings): Promise<void> {
  const alone = ["./app.holdall", "serve"];
  const withServices = [process.execPath, HOLDALL, "dev", "./app.holdall", "--migrate"];
  const server = await startServer(servers.length === 0 ? alone : withServices, surroundings);
  try {
    for (const request of requests) await checkRequest(server.address, request);
  } catch (error) {
    await server.stop("SIGKILL");
    throw error;
  }
  const { status, signal } = await server.stop("SIGTERM");
  // A server either ends well or, when it is done, dies of the signal again (uvicorn).
  assert.ok(status === 0 || signal === "SIGTERM", `ended with ${status ?? signal}: ${server.output()}`);
}

/** What another machine has: no variable of this one but where programs are. */
function carriedEnvironment(home: string): NodeJS.ProcessEnv {
  return { PATH: process.env["PATH"], HOME: join(home, "home"), LANG: "C.UTF-8" };
}

async function succeed(argv: readonly string[], surroundings: Surroundings): Promise<string> {
  const { status, signal, stdout, stderr } = await runProcess(argv, surroundings);
  assert.equal(status, 0, `${argv.join(" ")} ended with ${status ?? signal}\n${stdout}\n${stderr}`);
  return stdout;
}
