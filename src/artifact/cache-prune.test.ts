import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { type TestContext, test } from "node:test";
import { pathToFileURL } from "node:url";
import { PACKAGE_ROOT } from "../system/package-root.ts";
import {
  type ArtifactToStart,
  makeArtifactToStart,
  PYTHON,
  startFacts,
} from "../testing/artifact-to-start.ts";
import { sweep, withFreshCache } from "../testing/crash-sweep.ts";
import { eventually } from "../testing/eventually.ts";
import { needProgram } from "../testing/needs.ts";
import { fileEntry } from "../testing/small-artifact.ts";
import { lookAfterCache } from "./look-after-cache.ts";

const signal = new AbortController().signal;
const DAY = 86_400;

function prune({ env }: ArtifactToStart, ...words: string[]) {
  return lookAfterCache("prune", { words, artifact: undefined, env, signal });
}

/** As if releases, layers and what builds left had last been used so long ago. */
function age({ cache }: ArtifactToStart, days = 60): void {
  const at = Date.now() / 1000 - days * DAY;
  for (const part of ["used", "layers", "build/layers", "build/verdicts"]) {
    if (!existsSync(join(cache, part))) continue;
    for (const name of readdirSync(join(cache, part))) utimesSync(join(cache, part, name), at, at);
  }
}

function list(artifact: ArtifactToStart, part: string): string[] {
  return readdirSync(join(artifact.cache, part));
}

/** Two versions with one distribution, in one cache. */
async function makeTwoVersions(t: TestContext) {
  const first = await makeArtifactToStart(t);
  const second = await makeArtifactToStart(t, { application: [fileEntry("app/other.py", "")] });
  return [first, { ...second, cache: first.cache, env: first.env }] as const;
}

test("what was not used for long goes, with its layers; what was used stays, with those that both have", async (t) => {
  const [old, current] = await makeTwoVersions(t);
  await startFacts(old);
  age(old);
  await startFacts(current);
  const planned = await prune(old, "--dry-run");
  assert.equal(list(old, "releases").length, 2);
  const pruned = await prune(old);
  assert.deepEqual({ ...planned, isDryRun: false }, pruned, "the plan is what is done");
  assert.deepEqual(
    pruned.releases.map(({ release }) => release.slice(0, 64)),
    [old.identity],
  );
  assert.deepEqual(
    pruned.layers.map(({ name }) => name),
    ["shop"],
  );
  assert.deepEqual(
    pruned.kept.map(({ reason }) => reason),
    ["used lately"],
  );
  assert.ok(pruned.freedBytes > 0);
  assert.equal(list(old, "layers").length, 2);
  assert.deepEqual(list(old, "work"), []);
  await startFacts(current);
  await startFacts(old);
  assert.equal(list(old, "layers").length, 3);
});

test("a warm start is a use; --keep keeps the last of an application", async (t) => {
  const [first, second] = await makeTwoVersions(t);
  for (const each of [first, second]) await startFacts(each);
  age(first);
  await startFacts(first); // warm
  assert.deepEqual(
    (await prune(first, "--keep", "2")).kept.map(({ reason }) => reason),
    ["used lately", "among the last 2"],
  );
  assert.equal((await prune(first, "--older-than", "61d")).releases.length, 0);
  assert.equal((await prune(first)).releases.length, 1);
  assert.ok(existsSync(join(first.cache, "ready", first.identity)));
});

/** Words of the artifact that go on until their input ends, or they are told to end. */
const RUNNING: readonly [title: string, words: readonly string[]][] = [
  ["a Python program", ["shop", "wait"]],
  ["a program that is not Python", ["idle"]],
];
const IDLE = fileEntry("scripts/idle", "#!/bin/sh\necho up\nread -r line\n", { isExecutable: true });

for (const [title, words] of RUNNING) {
  test(`${title} that was started sixty days ago keeps its release, and its last use is now`, async (t) => {
    const artifact = await makeArtifactToStart(t, { distribution: [IDLE] });
    const child = spawn(artifact.path, words, { env: artifact.env, cwd: artifact.data });
    t.after(() => child.kill("SIGKILL"));
    await once(child.stdout, "data");
    age(artifact);
    for (const command of ["prune", "clear"] as const) {
      const { kept } = await lookAfterCache(command, {
        words: [],
        artifact: undefined,
        env: artifact.env,
        signal,
      });
      assert.deepEqual(
        kept.map(({ reason }) => reason),
        ["in use"],
      );
    }
    const ended = once(child, "exit");
    child.kill("SIGKILL");
    await ended;
    assert.equal((await prune(artifact)).releases.length, 0, "it was in use a moment ago");
    age(artifact);
    assert.equal((await prune(artifact)).releases.length, 1);
  });
}

const HOLD =
  "import fcntl, sys; f = open(input()); fcntl.flock(f, fcntl.LOCK_SH); print('held', flush=True); input()";

test("a lock on the mark is enough, also of a process that cannot be seen", async (t) => {
  const artifact = await makeArtifactToStart(t);
  const { prefix } = await startFacts(artifact);
  age(artifact);
  // Neither its words nor its environment name the release, as with a process of another container.
  const holder = spawn(PYTHON.path, ["-c", HOLD], { env: {} });
  t.after(() => holder.kill("SIGKILL"));
  holder.stdin.write(`${prefix}/.in-use\n`);
  await once(holder.stdout, "data");
  assert.deepEqual(
    (await prune(artifact)).kept.map(({ reason }) => reason),
    ["in use"],
  );
  await startFacts(artifact);
});

test("a clock that was set back removes nothing, and the days begin anew", async (t) => {
  const artifact = await makeArtifactToStart(t);
  await startFacts(artifact);
  age(artifact, -400);
  assert.equal((await prune(artifact)).releases.length, 0);
  const used = join(artifact.cache, "used", list(artifact, "used")[0] ?? "");
  assert.ok(lstatSync(used).mtimeMs < Date.now() + 60_000, "not a year ahead any more");
  rmSync(used);
  assert.equal((await prune(artifact)).releases.length, 0, "nobody knows when it was used");
  assert.ok(existsSync(used));
});

test("a cleaner of old files: the next start notices, and makes anew what has gone", async (t) => {
  const artifact = await makeArtifactToStart(t);
  const env = { PYTHONDONTWRITEBYTECODE: "1" };
  const { prefix, cart } = await startFacts(artifact, { env });
  for (const days of [0, 40]) {
    // As systemd-tmpfiles does: files that nobody has read for 30 days go. The application has read its own module.
    const at = Date.now() / 1000 - days * DAY;
    const files = readdirSync(prefix, { recursive: true, withFileTypes: true }).filter(
      (entry) => entry.isFile() && !entry.parentPath.includes("/lib64"),
    );
    for (const { parentPath, name } of files) utimesSync(join(parentPath, name), at, at);
    const now = Date.now() / 1000;
    for (const read of ["pyvenv.cfg", "app/shop.py", "bin/shop"]) utimesSync(join(prefix, read), now, now);
    for (const { parentPath, name } of files) {
      const path = join(parentPath, name);
      if (lstatSync(path).atimeMs < Date.now() - 30 * DAY * 1000) removeAsRoot(path);
    }
    assert.equal(existsSync(cart), days === 0);
    assert.equal((await startFacts(artifact, { env })).cart, cart);
    assert.ok(existsSync(cart));
  }
  assert.deepEqual(
    (await lookAfterCache("verify", { words: [], artifact: undefined, env: artifact.env, signal })).problems,
    [],
  );
});

/** Root needs no permission in a directory of a release. */
function removeAsRoot(path: string): void {
  const directory = dirname(path);
  const { mode } = lstatSync(directory);
  chmodSync(directory, 0o700);
  rmSync(path);
  chmodSync(directory, mode);
}

test("what builds left goes by its last use, and not while one may be running", async (t) => {
  const artifact = await makeArtifactToStart(t);
  await startFacts(artifact);
  const build = join(artifact.cache, "build");
  for (const part of ["layers", "verdicts", "environments/one"])
    mkdirSync(join(build, part), { recursive: true });
  writeFileSync(join(build, "layers/old.tar.gz"), "old");
  writeFileSync(join(build, "verdicts/old.json"), "{}");
  age(artifact);
  writeFileSync(join(build, "layers/new.tar.gz"), "new");
  mkdirSync(join(build, "work/work-x"), { recursive: true });
  assert.deepEqual([(await prune(artifact)).isBuilding, list(artifact, "build/layers").length], [true, 2]);
  rmSync(join(build, "work/work-x"), { recursive: true });
  assert.equal((await prune(artifact)).buildFiles, 2);
  assert.deepEqual(list(artifact, "build/layers"), ["new.tar.gz"]);
  assert.deepEqual(list(artifact, "build/environments"), ["one"], "builds look after these themselves");
});

test("the work of a build that runs keeps all of build/; that of one which was killed goes", async (t) => {
  const artifact = await makeArtifactToStart(t);
  await startFacts(artifact);
  const work = join(artifact.cache, "build/work");
  const url = pathToFileURL(join(PACKAGE_ROOT, "src/system/work-directory.ts"));
  const code = `const { withWorkDirectory } = await import(${JSON.stringify(url)});
    await withWorkDirectory(${JSON.stringify(work)}, () => new Promise((done) => setInterval(done, 1e9)));`;
  const build = spawn(process.execPath, ["--input-type=module", "-e", code], { stdio: "ignore" });
  t.after(() => build.kill("SIGKILL"));
  const [name = ""] = await eventually("it has a directory", () => {
    return existsSync(work) && list(artifact, "build/work").length > 0
      ? list(artifact, "build/work")
      : undefined;
  });
  const old = Date.now() / 1000 - 60 * DAY;
  utimesSync(join(work, name), old, old);
  assert.equal((await prune(artifact)).isBuilding, true);
  const ended = once(build, "exit");
  build.kill("SIGKILL");
  await ended;
  // A number that another process has by now.
  const again = name.replace(/\.\d+\.\d+-/, `.${process.pid}.1-`);
  mkdirSync(join(work, again));
  const { isBuilding, buildFiles } = await prune(artifact);
  assert.deepEqual([isBuilding, buildFiles, list(artifact, "build/work")], [false, 2, []]);
  // Of another container: nobody knows.
  mkdirSync(join(work, name.replace(/\.\d+\./, ".1.")));
  assert.equal((await prune(artifact)).isBuilding, true);
});

/** For PS4 of a shell that traces: counts the commands that it is about to run, and waits at one of them. */
const PAUSE = `echo >>"$PAUSE_COUNT"
count=0
while read -r _; do count=$((count + 1)); done <"$PAUSE_COUNT"
[ "$count" != "$PAUSE_AT" ] || echo >"$PAUSE_LOG"
while [ -e "$PAUSE_LOG" ] && [ "$count" = "$PAUSE_AT" ]; do sleep 0.02; done
`;

test("prune while a warm start is stopped before any command of its shell: the start succeeds", async (t) => {
  if (!needProgram(t, "dash")) return;
  const artifact = await makeArtifactToStart(t);
  const pause = join(artifact.data, "pause");
  writeFileSync(pause, PAUSE);
  const startTraced = (fresh: ArtifactToStart, number: number) => {
    const env = {
      ...{ ...fresh.env, PYTHONDONTWRITEBYTECODE: "1", PS4: `$(sh '${pause}')` },
      ...{ PAUSE_COUNT: `${fresh.cache}.count`, PAUSE_LOG: `${fresh.cache}.log`, PAUSE_AT: String(number) },
    };
    const child = spawn("dash", ["-x", fresh.path, "cart"], { env, cwd: fresh.data, stdio: "ignore" });
    return once(child, "exit");
  };
  await startFacts(artifact);
  assert.deepEqual(await startTraced(artifact, 0), [0, null]);
  const commands = readFileSync(`${artifact.cache}.count`, "utf8").length;
  assert.ok(commands > 12, "the shell tests, reads and hands over");
  const seen = { removed: 0, kept: 0 };
  const numbers = Array.from({ length: commands }, (_, index) => index + 1);
  await sweep(numbers, async (number) => {
    const fresh = withFreshCache(artifact);
    await startFacts(fresh);
    age(fresh);
    const ended = startTraced(fresh, number);
    const log = `${fresh.cache}.log`;
    await eventually(`the shell is before command ${number}`, () => existsSync(log) || undefined);
    const { releases } = await prune(fresh);
    seen[releases.length > 0 ? "removed" : "kept"] += 1;
    rmSync(log);
    assert.deepEqual(await ended, [0, null], `before command ${number}`);
  });
  // Before the start has left its trace the release goes, and the start is cold; after that it stays.
  assert.ok(seen.removed > 3 && seen.kept > 3, JSON.stringify(seen));
});
