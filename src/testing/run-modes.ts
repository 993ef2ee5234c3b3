import assert from "node:assert/strict";
import { join } from "node:path";
import type { TestContext } from "node:test";
import { runProcess } from "../system/run-process.ts";
import { type ArtifactToStart, PYTHON, type StartOptions, start } from "./artifact-to-start.ts";
import { makeDirectory } from "./small-artifact.ts";

/**
 * What the application says of itself in each way in which it can run, by the name of the way. Its module `show` has
 * `facts()`, which returns what JSON can hold, and `main()`, which prints that; its command `show` is the latter.
 */
export async function showInAllModes(
  t: TestContext,
  artifact: ArtifactToStart,
  options: StartOptions = {},
): Promise<ReadonlyMap<string, unknown>> {
  const shown = new Map<string, unknown>();
  const ways: [name: string, words: readonly string[]][] = [
    ["the first start", ["show"]],
    ["the next start", ["show"]],
    ["python -m", ["python", "-m", "show"]],
    ["a script by its name", ["python", "-c", "import subprocess; subprocess.run(['show'], check=True)"]],
    ["a spawned child", ["python", "-c", inChild("spawn")]],
    ["a child of a fork server", ["python", "-c", inChild("forkserver")]],
  ];
  for (const [name, words] of ways) shown.set(name, read(name, await start(artifact, words, options)));
  const withoutTable = { ...options, env: { ...options.env, HOLDALL_TABLE: "off" } };
  shown.set("without the table", read("without the table", await start(artifact, ["show"], withoutTable)));
  const { env = {}, cwd = artifact.data } = options;
  for (const [name, code] of [
    ["another's server", `import holdall_app; ${IN_PROCESS}`],
    ["a child of another's server", `import holdall_app\n${inChild("spawn")}`],
  ] as const) {
    const server = { ...artifact.env, ...env, PYTHONPATH: artifact.path };
    shown.set(name, read(name, await runProcess([PYTHON.path, "-c", code], { cwd, env: server })));
  }
  const directory = join(await makeDirectory(t), "own");
  const unpacked = await start(artifact, ["--holdall", "unpack", "--venv", directory], options);
  assert.equal(unpacked.status, 0, unpacked.stderr);
  const result = await runProcess([join(directory, "bin/show")], { cwd, env: { ...artifact.env, ...env } });
  shown.set("a directory of its own", read("a directory of its own", result));
  return shown;
}

/** That it says the same in each way. @returns what it says. */
export async function showSameInAllModes(
  t: TestContext,
  artifact: ArtifactToStart,
  options: StartOptions = {},
): Promise<unknown> {
  const shown = await showInAllModes(t, artifact, options);
  const first = [...shown.values()][0];
  for (const [name, facts] of shown) assert.deepEqual(facts, first, name);
  return first;
}

const IN_PROCESS = "import json, show; print(json.dumps(show.facts()))";

function inChild(method: string): string {
  return `import json, multiprocessing, show
if __name__ == "__main__":
    with multiprocessing.get_context("${method}").Pool(1) as pool:
        print(json.dumps(pool.apply(show.facts)))`;
}

function read(name: string, { status, stdout, stderr }: Awaited<ReturnType<typeof start>>): unknown {
  assert.equal(status, 0, `${name}: ${stderr}`);
  return JSON.parse(stdout);
}
