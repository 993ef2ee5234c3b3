import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { test } from "node:test";
import { undefinedIfMissing } from "../system/file-errors.ts";
import { PACKAGE_ROOT } from "../system/package-root.ts";
import { findParent } from "../system/process-stat.ts";
import { eventually } from "../testing/eventually.ts";
import { makeDirectory } from "../testing/small-artifact.ts";

/** A Node that is too old, for bin/holdall.js: it becomes another one, or cannot and starts it beside itself. */
const OLD = `Object.defineProperty(process, "versions", { value: { ...process.versions, node: "20.0.0" } });`;
const OLDER = `${OLD} process.execve = undefined;`;
const asModule = (code: string) => `data:text/javascript,${encodeURIComponent(code)}`;
const LAUNCHER = join(PACKAGE_ROOT, "bin/holdall.js");
const MAIN = join(import.meta.dirname, "main.ts");

/** An application whose build command never ends by itself. */
async function startSlowBuild(directory: string, program: readonly string[] = [MAIN]) {
  const waiting = `sh -c 'echo $$ > pid; exec sleep 1000'`;
  await writeFile(join(directory, "holdall.yaml"), `name: slow\nplatform: python\nbuild:\n  - ${waiting}\n`);
  const child = spawn(process.execPath, [...program, "build", directory], {
    ...{ cwd: directory, detached: true },
    env: { ...process.env, HOLDALL_CACHE: join(directory, "cache") },
  });
  const ended = Promise.all([text(child.stdout), text(child.stderr), once(child, "exit")]);
  const pid = await eventually("the build command runs", async () => {
    const written = await readFile(join(directory, "pid"), "utf8").catch(undefinedIfMissing);
    return written?.endsWith("\n") ? Number(written) : undefined;
  });
  return { child, ended, pid };
}

for (const [signal, name] of [
  ["SIGINT", "Ctrl-C"],
  ["SIGTERM", "a supervisor"],
] as const) {
  test(`${name} ends a build with all that it started, and leaves nothing`, async (t) => {
    const directory = await makeDirectory(t);
    const { child, ended, pid } = await startSlowBuild(directory);
    child.kill(signal);
    const [stdout, stderr, [status]] = await ended;
    assert.equal(stdout, "");
    assert.match(stderr, new RegExp(`error: cannot finish: interrupted by ${signal}\n\\(interrupted\\)\n$`));
    assert.equal(status, 130);
    assert.throws(() => process.kill(pid, 0), { code: "ESRCH" });
    assert.deepEqual(await readdir(join(directory, "cache/build/work")), []);
    assert.deepEqual((await readdir(directory)).toSorted(), ["cache", "holdall.yaml", "pid"]);
  });
}

for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
  for (const receiver of ["the launcher alone", "all of its group"] as const) {
    test(`${signal} for ${receiver} comes once`, async (t) => {
      const directory = await makeDirectory(t);
      const { child, ended, pid } = await startSlowBuild(directory, ["--import", asModule(OLDER), LAUNCHER]);
      const launcher = child.pid ?? 0;
      assert.equal((await findParent(pid)) === launcher, false, "there are two");
      process.kill(receiver === "the launcher alone" ? launcher : -launcher, signal);
      const [, stderr, [status]] = await ended;
      // The second one would end it without a word.
      assert.match(stderr, new RegExp(`error: cannot finish: interrupted by ${signal}\n`));
      assert.equal(status, 130);
      assert.throws(() => process.kill(pid, 0), { code: "ESRCH" });
    });
  }
}

test("where a Node can become another one, there is no launcher", async (t) => {
  const directory = await makeDirectory(t);
  const program = ["--import", asModule(OLD), LAUNCHER];
  const { child, ended, pid } = await startSlowBuild(directory, program);
  assert.equal(await findParent(pid), child.pid);
  child.kill("SIGINT");
  const [, stderr, [status]] = await ended;
  assert.match(stderr, /interrupted by SIGINT\n/);
  assert.doesNotMatch(stderr, /warning/i);
  assert.equal(status, 130);
});

test("what a program gets by way of the launcher comes once, and its end is that of the launcher", async (t) => {
  const directory = await makeDirectory(t);
  const say = `import os, signal, sys
signal.signal(signal.SIGINT, lambda *_: (print("told", flush=True), os.kill(os.getpid(), signal.SIGUSR1)))
print("ready", flush=True)
signal.pause()
`;
  await writeFile(
    join(directory, "holdall.yaml"),
    'name: told\nplatform: python\ncommands: {wait: "python {app}/wait.py"}\n',
  );
  await writeFile(join(directory, "wait.py"), say);
  const words = ["--import", asModule(OLDER), LAUNCHER, "run", directory, "wait"];
  const child = spawn(process.execPath, words, {
    ...{ cwd: directory, detached: true },
    env: { ...process.env, HOLDALL_CACHE: join(PACKAGE_ROOT, "node_modules/.cache/holdall") },
  });
  t.after(() => child.kill("SIGKILL"));
  let output = "";
  child.stdout.setEncoding("utf8").on("data", (piece: string) => {
    output += piece;
  });
  const ended = once(child, "close");
  await eventually("it runs", () => (output.includes("ready\n") ? true : undefined));
  child.kill("SIGINT");
  assert.deepEqual(await ended, [null, "SIGUSR1"]);
  assert.equal(output, "ready\ntold\n");
});
