import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { type TestContext, test } from "node:test";
import { eventually } from "../testing/eventually.ts";
import { makeDirectory } from "../testing/small-artifact.ts";

const MODULE = join(import.meta.dirname, "attached-process.ts");

/** A program of ours that stays beside another one. */
const BESIDE = `import { enterArgv, runAttached } from ${JSON.stringify(MODULE)};
process.on("SIGTERM", () => console.log("not ours meanwhile"));
const [lock, ...argv] = process.argv.slice(1);
const words = enterArgv(argv, { python: "/usr/bin/python3", isTied: true, lock });
const end = await runAttached({ argv: words, cwd: "/", env: process.env });
console.log(JSON.stringify(end), process.listenerCount("SIGTERM"));
`;

/** Says its process and group, then waits to be told something. */
const WAIT = `import os, signal, sys
def told(number, _):
    sys.exit(20 + number)
for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT):
    signal.signal(number, told)
os.write(1, b"%d %d\\n" % (os.getpid(), os.getpgrp()))
signal.pause()
`;

function startBeside(t: TestContext, argv: readonly string[], lock = "") {
  const child = spawn(process.execPath, ["--input-type=module", "-e", BESIDE, "--", lock, ...argv], {
    detached: true,
  });
  t.after(() => child.kill("SIGKILL"));
  return { child };
}

type Beside = ReturnType<typeof startBeside>;

async function firstOf({ child }: Beside): Promise<readonly number[]> {
  const [piece] = await once(child.stdout.setEncoding("utf8"), "data");
  return String(piece).trim().split(" ").map(Number);
}

async function endOf({ child }: Beside): Promise<string> {
  const [rest] = await Promise.all([text(child.stdout), once(child, "exit")]);
  return rest.trim();
}

test("a program beside us is in our group, and signals to us are its own", async (t) => {
  for (const [signal, status] of [
    ["SIGTERM", 35],
    ["SIGHUP", 21],
    ["SIGINT", 22],
  ] as const) {
    const beside = startBeside(t, ["/usr/bin/python3", "-c", WAIT]);
    const [pid = 0, group] = await firstOf(beside);
    assert.equal(group, beside.child.pid);
    assert.notEqual(pid, beside.child.pid);
    const end = endOf(beside);
    beside.child.kill(signal);
    assert.equal(await end, `{"status":${status}} 1`);
  }
});

test("a program beside us ends with us, also when we are killed", async (t) => {
  const beside = startBeside(t, ["/usr/bin/python3", "-c", WAIT]);
  const [pid = 0] = await firstOf(beside);
  beside.child.kill("SIGKILL");
  await eventually("it has gone", () => !isAlive(pid) || undefined);
});

test("two programs never hold one lock, and the later one says so by its status", async (t) => {
  const lock = join(await makeDirectory(t), "lock");
  const first = startBeside(t, ["/usr/bin/python3", "-c", WAIT], lock);
  await firstOf(first);
  const second = startBeside(t, ["/usr/bin/python3", "-c", WAIT], lock);
  assert.equal(await endOf(second), '{"status":75} 1');
});

test("a program that a signal ends is told apart, and one that cannot start says why", async (t) => {
  const killed = startBeside(t, ["/bin/sh", "-c", "kill -9 $$"]);
  assert.equal(await endOf(killed), '{"signal":"SIGKILL"} 1');
  const file = startBeside(t, ["/etc/passwd"]);
  const said = text(file.child.stderr);
  assert.equal(await endOf(file), '{"status":69} 1');
  assert.equal(await said, "cannot start /etc/passwd: permission denied\n");
});

function isAlive(pid: number): boolean {
  return existsSync(`/proc/${pid}`) && !/^State:\tZ/m.test(readFileSync(`/proc/${pid}/status`, "utf8"));
}
