import assert from "node:assert/strict";
import { globSync, readdirSync } from "node:fs";
import { copyFile, cp, mkdir, mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { PACKAGE_ROOT } from "./system/package-root.ts";
import { runProcess } from "./system/run-process.ts";
import { checkRequest, type ExampleRequest } from "./testing/request.ts";
import { startServer } from "./testing/server.ts";

// From an application to a served page, through the bundle and the file alone. A new folder is a new test.
const EXAMPLES = join(PACKAGE_ROOT, "examples");
const HOLDALL = join(PACKAGE_ROOT, "bin/holdall.js");
// Kept between runs, as a user's is: what is downloaded once is not downloaded for each test.
const BUILD_CACHE = join(PACKAGE_ROOT, "node_modules/.cache/holdall");

interface Example {
  /** Commands that end before it serves. */
  readonly setup?: readonly (readonly string[])[];
  readonly requests: readonly ExampleRequest[];
}

for (const name of readdirSync(EXAMPLES)) {
  test(`${name}: built, carried over as one file, served, stopped without a trace`, async (t) => {
    const directory = await mkdtemp(join(tmpdir(), "holdall-example-"));
    t.after(() => rm(directory, { recursive: true, force: true }));
    const example: Example = JSON.parse(await readFile(join(EXAMPLES, name, "requests.json"), "utf8"));

    const built = join(directory, "app.holdall");
    // A copy: a build may write a lock, and runs must not see what another left.
    const application = join(directory, "source", name);
    await cp(join(EXAMPLES, name), application, { recursive: true });
    await succeed([process.execPath, HOLDALL, "build", application, "--output", built], {
      cwd: directory,
      env: { ...process.env, HOLDALL_CACHE: BUILD_CACHE },
    });

    const data = join(directory, "data");
    await mkdir(data);
    await copyFile(built, join(data, "app.holdall"));
    await rm(application, { recursive: true });
    await rm(built);
    const surroundings = { cwd: data, env: carriedEnvironment(directory) };
    assert.match(await succeed(["./app.holdall"], surroundings), /serve/);
    for (const command of example.setup ?? []) await succeed(["./app.holdall", ...command], surroundings);

    const server = await startServer(["./app.holdall", "serve"], surroundings);
    try {
      for (const request of example.requests) await checkRequest(server.address, request);
    } catch (error) {
      await server.stop("SIGKILL");
      throw error;
    }
    const { status, signal } = await server.stop("SIGTERM");
    // A server either ends well or, when it is done, dies of the signal again (uvicorn).
    assert.ok(status === 0 || signal === "SIGTERM", `ended with ${status ?? signal}: ${server.output()}`);
    const code = globSync("**/{*.py,*.pyc,__pycache__,*.so,pyvenv.cfg}", { cwd: data });
    assert.deepEqual(code, [], "the working directory holds data only");
  });
}

/** What another machine has: no variable of this one but where programs are. */
function carriedEnvironment(home: string): NodeJS.ProcessEnv {
  return { PATH: process.env["PATH"], HOME: join(home, "home"), LANG: "C.UTF-8" };
}

async function succeed(
  argv: readonly string[],
  surroundings: { readonly cwd: string; readonly env: NodeJS.ProcessEnv },
): Promise<string> {
  const { status, signal, stdout, stderr } = await runProcess(argv, surroundings);
  assert.equal(status, 0, `${argv.join(" ")} ended with ${status ?? signal}\n${stdout}\n${stderr}`);
  return stdout;
}
