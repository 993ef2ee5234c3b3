import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { setTimeout } from "node:timers/promises";
import { PACKAGE_ROOT } from "../system/package-root.ts";
import { type ArtifactToStart, makeArtifactToStart, PATH, start } from "../testing/artifact-to-start.ts";
import { readProgramPoints, writeCrashPrograms } from "../testing/crash-programs.ts";
import {
  assertRecovered,
  creates,
  DRIVEN,
  describeCache,
  listPoints,
  type Point,
  runDriven,
  samplePoints,
  sweep,
  withFreshCache,
} from "../testing/crash-sweep.ts";
import { makeArtifactInside } from "../testing/inside.ts";
import { makeRandom, pick } from "../testing/random.ts";
import { fileEntry, removeReadOnly } from "../testing/small-artifact.ts";

const POINTS = join(PACKAGE_ROOT, "src/testing/sh-support/points.sh");
/** `npm run crash-sweep` asks for every point, and for so many random moments. */
const COUNT = process.env["HOLDALL_CRASH_COUNT"];
const SEED = process.env["HOLDALL_CRASH_SEED"];
const isWhole = COUNT !== undefined;

const KILLS = ["kill", "group"] as const;
const ERRORS = ["ENOSPC", "EDQUOT", "EMFILE"] as const;
const REFUSED = {
  ENOSPC: /^cannot start shop 1\.0: the disk of its cache \S+ is full\nhint: .*\n$/,
  EDQUOT: /^cannot start shop 1\.0: the quota for its cache \S+ is used up\nhint: .*\n$/,
  EMFILE: /^cannot start shop 1\.0: too many files are open\nhint: .*\n$/,
};

function random(t: TestContext) {
  return SEED === undefined ? makeRandom(t) : makeRandom(t, Number(SEED));
}

/** What a first start leaves that nobody disturbs, and where it can be stopped. */
async function startClean(artifact: ArtifactToStart, words: readonly string[] = ["cart"]) {
  const clean = withFreshCache(artifact);
  const points = await listPoints(clean, words);
  const env = { PYTHONDONTWRITEBYTECODE: "1" };
  assert.equal((await start(clean, ["cart"], { env })).status, 0);
  const expected = describeCache(clean);
  removeReadOnly(clean.cache);
  return { points, expected };
}

/** Each point with each action, or each of a sample with one of them. */
function choose<Action>(
  t: TestContext,
  points: readonly Point[],
  actions: readonly [Action, ...Action[]],
  depth = 3,
) {
  const next = random(t);
  return isWhole
    ? points.flatMap((point) => actions.map((action) => ({ point, action })))
    : samplePoints(points, depth).map((point) => ({ point, action: pick(next, actions) }));
}

test("killed at any point of the first start, the next one makes what a first start makes", async (t) => {
  const artifact = await makeArtifactToStart(t);
  const { points, expected } = await startClean(artifact);
  const chosen = choose(t, points, KILLS);
  await sweep(chosen, async ({ point, action }) => {
    const fresh = withFreshCache(artifact);
    await runDriven(fresh, ["cart"], { action, point: point.id });
    await assertRecovered(fresh, expected, `${action} at ${point.id}, before ${point.what}`);
  });
  t.diagnostic(`${chosen.length} crashes at ${points.length} points`);
});

test("out of room or descriptors from any point on: one sentence, nothing left over, the next start works", async (t) => {
  const artifact = await makeArtifactToStart(t);
  const { points, expected } = await startClean(artifact);
  const chosen = choose(t, points.filter(creates), ERRORS);
  await sweep(chosen, async ({ point, action }) => {
    const fresh = withFreshCache(artifact);
    const title = `${action} from ${point.id} on, before ${point.what}`;
    const { status, stderr } = await runDriven(fresh, ["cart"], { action, point: point.id });
    // What fails in a child is done again by its parent, and a last use that cannot be written is no reason to fail.
    if (status !== 0) assert.match(stderr, REFUSED[action], title);
    if (existsSync(join(fresh.cache, "work"))) assert.deepEqual(describeCache(fresh).work, [], title);
    await assertRecovered(fresh, expected, title);
  });
  t.diagnostic(`${chosen.length} errors at ${points.filter(creates).length} points`);
});

test("killed at a random moment of the first start, the next one works", async (t) => {
  const distribution = Array.from({ length: 300 }, (_, n) => fileEntry(`site-packages/many/${n}.txt`, "x"));
  const artifact = await makeArtifactToStart(t, { distribution });
  const { expected } = await startClean(artifact);
  const next = random(t);
  const before = process.hrtime.bigint();
  await start(withFreshCache(artifact), ["cart"]);
  const durationMs = Number(process.hrtime.bigint() - before) / 1e6;
  await sweep(
    Array.from({ length: Number(COUNT ?? 8) }, (_, index) => index),
    async () => {
      const fresh = withFreshCache(artifact);
      const [afterMs, isGroup] = [next() * durationMs, next() < 0.5];
      const child = spawn(fresh.path, ["cart"], {
        env: fresh.env,
        cwd: fresh.data,
        stdio: "ignore",
        detached: true,
      });
      const ended = once(child, "exit");
      await setTimeout(afterMs); // the moment of the crash
      try {
        process.kill(isGroup ? -(child.pid ?? 0) : (child.pid ?? 0), "SIGKILL");
      } catch {
        // ESRCH: it was faster
      }
      await ended;
      await assertRecovered(fresh, expected, `killed after ${afterMs} ms, ${isGroup ? "all" : "the parent"}`);
    },
  );
});

test("killed at any program that unpacks the Python inside, the next start works", async (t) => {
  const artifact = await makeArtifactInside(t);
  const programs = join(artifact.data, "programs");
  writeCrashPrograms(programs, PATH);
  const crash = (fresh: ArtifactToStart, env: Readonly<Record<string, string>>) =>
    start(fresh, ["cart"], {
      env: { PATH: `${programs}:${PATH}`, CRASH_LOG: `${fresh.cache}.log`, CRASH_AT: "", ...env },
    });
  const clean = withFreshCache(artifact);
  assert.equal((await crash(clean, { PYTHONDONTWRITEBYTECODE: "1" })).status, 0);
  const expected = describeCache(clean);
  const points = readProgramPoints(`${clean.cache}.log`);
  const next = random(t);
  const chosen = isWhole
    ? points.flatMap((point) => KILLS.map((action) => ({ point, action })))
    : [0, 1, 2].map(() => ({ point: pick(next, points as [(typeof points)[0]]), action: pick(next, KILLS) }));
  await sweep(chosen, async ({ point: { call, moment }, action }) => {
    const fresh = withFreshCache(artifact);
    await crash(fresh, { CRASH_AT: call, CRASH_MOMENT: moment, CRASH_ACTION: action });
    await assertRecovered(fresh, expected, `${action} ${moment} ${call}`);
    rmSync(`${fresh.cache}.log`);
  });
  t.diagnostic(`${chosen.length} crashes at ${points.length} points`);
});

/** As if nobody had used anything for so long. */
function age({ cache }: ArtifactToStart, days = 60): void {
  const at = Date.now() / 1000 - days * 86_400;
  for (const part of ["used", "layers"]) {
    for (const name of readdirSync(join(cache, part))) utimesSync(join(cache, part, name), at, at);
  }
}

const PRUNE = ["--holdall", "cache", "prune"];

async function prunable(artifact: ArtifactToStart): Promise<ArtifactToStart> {
  const fresh = withFreshCache(artifact);
  await start(fresh, ["cart"], { env: { PYTHONDONTWRITEBYTECODE: "1" } });
  age(fresh);
  return fresh;
}

test("prune killed at any point leaves a whole release or none", async (t) => {
  const artifact = await makeArtifactToStart(t);
  const { expected } = await startClean(artifact);
  const points = await listPoints(await prunable(artifact), PRUNE);
  const chosen = choose(t, points, ["kill"] as const, 1);
  await sweep(chosen, async ({ point, action }) => {
    const fresh = await prunable(artifact);
    const title = `${action} at ${point.id}, before ${point.what}`;
    await runDriven(fresh, PRUNE, { action, point: point.id });
    assert.equal((await start(fresh, ["cart"])).status, 0, title);
    // A warm start does not look for what was left. Any of these commands does.
    assert.equal((await start(fresh, PRUNE)).status, 0, title);
    await assertRecovered(fresh, expected, title);
  });
  t.diagnostic(`${chosen.length} crashes at ${points.length} points`);
});

test("a start at any point of prune succeeds", async (t) => {
  const artifact = await makeArtifactToStart(t);
  const { expected } = await startClean(artifact);
  const points = await listPoints(await prunable(artifact), PRUNE);
  await sweep(choose(t, points, ["pause"] as const, 1), async ({ point, action }) => {
    const fresh = await prunable(artifact);
    const log = `${fresh.cache}.log`;
    const title = `${point.id}, before ${point.what}`;
    const pruned = runDriven(fresh, PRUNE, { action, point: point.id, log });
    await untilThere(log, pruned);
    const child = spawn(fresh.path, ["cart"], {
      env: { ...fresh.env, PYTHONDONTWRITEBYTECODE: "1" },
      cwd: fresh.data,
    });
    const ended = once(child, "exit");
    // It runs to its end, or waits for the lock that prune has.
    await untilBlocked(child.pid ?? 0, ended);
    rmSync(log);
    assert.deepEqual(await ended, [0, null], title);
    assert.equal((await pruned).status, 0, title);
    await assertRecovered(fresh, expected, title);
  });
});

test("a warm start that has read its ready file before prune began goes on at any point of prune", async (t) => {
  const artifact = await makeArtifactToStart(t);
  const { expected } = await startClean(artifact);
  const points = await listPoints(await prunable(artifact), PRUNE);
  const reading = await countReading(artifact);
  await sweep(choose(t, points, ["pause"] as const, 1), async ({ point, action }) => {
    const fresh = await prunable(artifact);
    const [log, done, title] = [
      `${fresh.cache}.log`,
      `${fresh.cache}.done`,
      `${point.id}, before ${point.what}`,
    ];
    const event = `${fresh.cache}.sh`;
    // Prune gets as far as that point while the shell has yet to run the first command of the file that it has read.
    const words = [...DRIVEN, action, point.id, log, fresh.path, ...PRUNE].join(" ");
    writeFileSync(
      event,
      `#!/bin/sh\n{ ${words} >/dev/null 2>&1; echo $? >${done}; } &\nuntil [ -s ${log} ] || [ -s ${done} ]; do :; done\n`,
      { mode: 0o755 },
    );
    const code = `import os, sys; print("runs", flush=True)\nwhile not os.path.exists(${JSON.stringify(done)}): pass\nimport cart`;
    const shell = { BASH_ENV: POINTS, POINTS: `${fresh.cache}.points`, POINT: String(reading), EVENT: event };
    const child = spawn("bash", [fresh.path, "python", "-c", code], {
      env: { ...fresh.env, ...shell, PYTHONDONTWRITEBYTECODE: "1" },
      cwd: fresh.data,
      stdio: ["ignore", "pipe", "inherit"],
    });
    const ended = once(child, "exit");
    // It runs, or waits for the lock that prune has.
    await untilBlocked(child.pid ?? 0, Promise.race([ended, once(child.stdout, "data")]));
    rmSync(log, { force: true });
    assert.deepEqual(await ended, [0, null], title);
    await assertRecovered(fresh, expected, title);
  });
});

/** Which point of a warm start is the first one of its ready file. */
async function countReading(artifact: ArtifactToStart): Promise<number> {
  const fresh = await prunable(artifact);
  const log = `${fresh.cache}.points`;
  const env = { BASH_ENV: POINTS, POINTS: log, POINT: "0", EVENT: "" };
  assert.equal((await start(fresh, ["cart"], { by: ["bash"], env })).status, 0);
  const index = readFileSync(log, "utf8")
    .split("\n")
    .findIndex((line) => line.includes(" holdall_release="));
  assert.notEqual(index, -1);
  return index + 1;
}

async function untilThere(path: string, ended: Promise<unknown>): Promise<void> {
  let isOver = false;
  void ended.then(() => {
    isOver = true;
  });
  while (!isOver && !hasText(path)) await setTimeout(5);
}

function hasText(path: string): boolean {
  try {
    return readFileSync(path, "utf8") !== "";
  } catch {
    return false;
  }
}

async function untilBlocked(pid: number, ended: Promise<unknown>): Promise<void> {
  let isOver = false;
  void ended.then(() => {
    isOver = true;
  });
  const waits = new RegExp(`-> FLOCK +ADVISORY +WRITE ${pid} `);
  while (!isOver && !waits.test(readFileSync("/proc/locks", "utf8"))) await setTimeout(5);
}
