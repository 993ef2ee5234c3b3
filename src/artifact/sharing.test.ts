import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readFileSync } from "node:fs";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { PACKAGE_ROOT } from "../system/package-root.ts";
import { runProcess } from "../system/run-process.ts";
import { eventually } from "../testing/eventually.ts";
import { makeDirectory } from "../testing/small-artifact.ts";

const SHARE = join(PACKAGE_ROOT, "src/testing/python-support/share.py");
const SUPPORT = join(PACKAGE_ROOT, "support/python");
const IS_FREE = "import fcntl, sys; fcntl.flock(open(sys.argv[1]), fcntl.LOCK_EX | fcntl.LOCK_NB)";

test("what a child could not do is left to who shared it", async (t) => {
  const directory = await makeDirectory(t);
  const { stdout, stderr } = await runProcess(["python3", "-I", SHARE, SUPPORT, directory, "failing"], {
    env: { PATH: process.env["PATH"] },
  });
  assert.equal(stdout, "[('good', 'GOOD'), ('own', 'OWN'), ('second', 'SECOND')]\n", stderr);
});

test("the children of a start that is killed hold no lock and end", async (t) => {
  const directory = await makeDirectory(t);
  const parent = spawn("python3", ["-I", SHARE, SUPPORT, directory, "killed"], { stdio: "ignore" });
  const ended = once(parent, "exit");
  t.after(() => parent.kill("SIGKILL"));
  const children = await eventually("both children work", async () => {
    const pids = (await readdir(directory)).map(Number).filter((pid) => pid > 0);
    return pids.length === 2 ? pids : undefined;
  });
  for (const child of children) process.kill(child, "SIGSTOP");
  parent.kill("SIGKILL");
  await ended;
  const { status, stderr } = await runProcess(["python3", "-c", IS_FREE, join(directory, "lock")], {
    env: { PATH: process.env["PATH"] },
  });
  assert.equal(status, 0, stderr);
  for (const child of children) process.kill(child, "SIGCONT");
  await eventually("no child is left", () => (children.some(runs) ? undefined : true));
});

/** What has ended and was not waited for has no words. */
function runs(pid: number): boolean {
  const path = `/proc/${pid}/cmdline`;
  return existsSync(path) && readFileSync(path, "utf8") !== "";
}
