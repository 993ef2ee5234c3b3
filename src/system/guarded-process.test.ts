import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { chownSync, existsSync, mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { type TestContext, test } from "node:test";
import { eventually } from "../testing/eventually.ts";
import { needRoot } from "../testing/needs.ts";
import { makeDirectory } from "../testing/small-artifact.ts";
import {
  type GuardedProcess,
  type GuardOptions,
  HELD_DIRECTORY,
  LOCK_HELD,
  startGuarded,
} from "./guarded-process.ts";

const PYTHON = "/usr/bin/python3";
const env = { PATH: process.env["PATH"] };

async function start(t: TestContext, code: string, options: Partial<GuardOptions> = {}) {
  const cwd = await makeDirectory(t);
  const started = await startGuarded({
    ...{ python: PYTHON, argv: ["sh", "-c", code], cwd, env, graceMs: 10_000 },
    ...options,
  });
  t.after(() => started.stop());
  return { started, cwd };
}

/** Process ids that the script has written into `pids` of its directory. */
async function readPids(cwd: string, count: number): Promise<number[]> {
  return eventually(`${count} processes have started`, () => {
    try {
      const pids = readFileSync(join(cwd, "pids"), "utf8").trim().split("\n").map(Number);
      return pids.length === count ? pids : undefined;
    } catch {
      return undefined; // not written yet
    }
  });
}

function isAlive(pid: number): boolean {
  try {
    // A zombie has ended, and is there until its parent asks.
    return !/^\d+ \(.*\) Z/s.test(readFileSync(`/proc/${pid}/stat`, "latin1"));
  } catch {
    return false;
  }
}

test("the end is that of the process: status, signal, output, input", async (t) => {
  const { started } = await start(t, "cat; echo no >&2; exit 7", { hasInput: true });
  started.stdin?.end("yes");
  const [out, errors, end] = await Promise.all([text(started.stdout), text(started.stderr), started.ended]);
  assert.deepEqual([out, errors, end], ["yes", "no\n", { status: 7, signal: undefined }]);
  const { started: killed } = await start(t, "kill -SEGV $$");
  assert.deepEqual(await killed.ended, { status: undefined, signal: "SIGSEGV" });
});

test("a program that is not there is named", async (t) => {
  const { started } = await start(t, "", { argv: ["no-such-program"] });
  const [errors, end] = await Promise.all([text(started.stderr), started.ended]);
  assert.equal(errors, "cannot start no-such-program: no such file or directory\n");
  assert.equal(end.status, 69);
});

test("as root, the process can be an ordinary user, with a directory that this user could not reach", async (t) => {
  if (!needRoot(t)) return;
  const held = join(await makeDirectory(t), "private");
  mkdirSync(held, { mode: 0o700 });
  chownSync(held, 65534, 65533);
  const code = `id -u; id -g; id -G; cd / && echo in >${HELD_DIRECTORY}/file; cat ${held}/file 2>/dev/null || echo out`;
  const { started } = await start(t, code, { cwd: "/", held, user: { uid: 65534, gid: 65533 } });
  assert.equal(await text(started.stdout), "65534\n65533\n65533\nout\n");
  assert.equal(readFileSync(join(held, "file"), "utf8"), "in\n");
});

test("as root, the process alone sees its directory at a path without links", async (t) => {
  if (!needRoot(t)) return;
  const held = join(await makeDirectory(t), "a: b'é");
  mkdirSync(held);
  const code = "cd /mnt && /bin/pwd -P && echo in >file";
  const { started } = await start(t, code, { cwd: "/", held, heldAt: "/mnt" });
  assert.equal(await text(started.stdout), "/mnt\n");
  assert.equal(readFileSync(join(held, "file"), "utf8"), "in\n");
  assert.ok(!existsSync("/mnt/file"));
});

test("signals reach the process", async (t) => {
  const { started, cwd } = await start(t, 'trap "exit 5" USR1; echo $$ >pids; while :; do sleep 0.05; done');
  await readPids(cwd, 1);
  started.kill("SIGUSR1");
  assert.deepEqual(await started.ended, { status: 5, signal: undefined });
});

const DAEMONS = `
  trap "" TERM HUP
  python3 -c '
import os, time
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        open("pids", "a").write("%d\\n" % os.getpid())
        time.sleep(1000)
    os._exit(0)
' &
  sleep 1000 & echo $! >>pids
  echo $$ >>pids
  wait; wait; sleep 1000`;

test("what daemonises, ignores SIGTERM or is left behind ends with it", async (t) => {
  const { started, cwd } = await start(t, DAEMONS, { graceMs: 300 });
  const pids = await readPids(cwd, 3);
  assert.deepEqual(pids.map(isAlive), [true, true, true]);
  assert.deepEqual(await started.stop(), { status: undefined, signal: "SIGKILL" });
  assert.deepEqual(pids.map(isAlive), [false, false, false]);
});

test("a process that ends by itself leaves nothing either", async (t) => {
  const { started, cwd } = await start(t, "setsid sleep 1000 & echo $! >pids; exit 3", { graceMs: 300 });
  assert.equal((await started.ended).status, 3);
  assert.deepEqual((await readPids(cwd, 1)).map(isAlive), [false]);
});

for (const user of process.getuid?.() === 0 ? [undefined, { uid: 65534, gid: 65534 }] : [undefined]) {
  test(`when the guard itself is killed, the process is too${user ? ", whoever it became" : ""}`, async (t) => {
    const { started } = await start(t, "echo started; exec sleep 1000", { user });
    await once(started.stdout, "data");
    const pid = Number(readFileSync(`/proc/${started.pid}/task/${started.pid}/children`, "utf8"));
    process.kill(started.pid, "SIGKILL");
    await started.ended;
    await eventually("the process has ended", () => (isAlive(pid) ? undefined : true));
  });
}

test("when the program that started it is killed, all of it ends", async (t) => {
  const cwd = await makeDirectory(t);
  const code = `
    import { startGuarded } from ${JSON.stringify(join(import.meta.dirname, "guarded-process.ts"))};
    await startGuarded({ python: ${JSON.stringify(PYTHON)}, argv: ["sh", "-c", ${JSON.stringify(DAEMONS)}],
      cwd: ${JSON.stringify(cwd)}, env: { PATH: process.env.PATH }, graceMs: 300 });`;
  const holder = spawn(process.execPath, ["--input-type=module-typescript", "-e", code], { stdio: "ignore" });
  const pids = await readPids(cwd, 3);
  holder.kill("SIGKILL");
  await once(holder, "close");
  await eventually("all have ended", () => (pids.some(isAlive) ? undefined : true));
});

test("who exits while a process is being stopped does not want to wait for its grace", async (t) => {
  const cwd = await makeDirectory(t);
  const stubborn = "trap '' TERM; echo $$ >>pids; while :; do sleep 1000; done";
  const code = `
    import { startGuarded } from ${JSON.stringify(join(import.meta.dirname, "guarded-process.ts"))};
    const started = await startGuarded({ python: ${JSON.stringify(PYTHON)}, argv: ["sh", "-c", ${JSON.stringify(stubborn)}],
      cwd: ${JSON.stringify(cwd)}, env: { PATH: process.env.PATH }, graceMs: 3_600_000 });
    process.once("SIGUSR2", () => { void started.stop(); process.exit(); });
    console.log("it listens");`;
  const holder = spawn(process.execPath, ["--input-type=module-typescript", "-e", code], {
    stdio: ["ignore", "pipe", "ignore"],
  });
  const pids = await readPids(cwd, 1);
  await once(holder.stdout, "data");
  holder.kill("SIGUSR2");
  await once(holder, "close");
  await eventually("it was killed", () => (pids.some(isAlive) ? undefined : true));
});

test("two processes never hold one lock, and a daemon that is left keeps it", async (t) => {
  const lock = join(await makeDirectory(t), "lock");
  const first = await start(t, "echo $$ >pids; exec sleep 1000", { lock });
  const [pid = 0] = await readPids(first.cwd, 1);
  const second = await start(t, "echo never", { lock });
  assert.deepEqual(await second.started.ended, { status: LOCK_HELD, signal: undefined, isLocked: true });
  process.kill(first.started.pid, "SIGKILL");
  await eventually("the process has ended", () => (isAlive(pid) ? undefined : true));
  const third: GuardedProcess = (await start(t, `exit ${LOCK_HELD}`, { lock })).started;
  assert.deepEqual(await third.ended, { status: LOCK_HELD, signal: undefined }, "that is its own status");
});
