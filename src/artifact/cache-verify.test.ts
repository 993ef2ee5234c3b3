import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import {
  chmodSync,
  existsSync,
  lstatSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  unlinkSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { suite, test } from "node:test";
import {
  type ArtifactToStart,
  makeArtifactToStart,
  start,
  startFacts,
} from "../testing/artifact-to-start.ts";
import type { CacheCommand } from "./cache-reports.ts";
import { lookAfterCache } from "./look-after-cache.ts";
import { sha256 } from "./measure.ts";
import { openArtifact } from "./open-artifact.ts";

const signal = new AbortController().signal;

async function lookAfter<Command extends CacheCommand>(command: Command, artifact: ArtifactToStart) {
  return lookAfterCache(command, { words: [], artifact: undefined, env: artifact.env, signal });
}

async function verifyBy(artifact: ArtifactToStart) {
  const options = { words: [], artifact: await openArtifact(artifact.path), env: artifact.env, signal };
  return (await lookAfterCache("verify", options)).problems;
}

/** Paths below a directory whose end is this. */
function find(directory: string, end: string): string {
  const found = readdirSync(directory, { recursive: true, encoding: "utf8" }).find((each) =>
    each.endsWith(end),
  );
  assert.ok(found, `${directory} has ${end}`);
  return join(directory, found);
}

/** Changes what is read-only, and leaves its mode. */
function change(path: string, act: (path: string) => void): void {
  const directory = dirname(path);
  const { mode } = lstatSync(directory);
  chmodSync(directory, 0o755);
  act(path);
  chmodSync(directory, mode & 0o7777);
}

function flipByte(path: string): void {
  const { mode } = lstatSync(path);
  const bytes = readFileSync(path);
  const middle = bytes.length >> 1;
  bytes[middle] = (bytes[middle] ?? 0) ^ 1;
  chmodSync(path, 0o644);
  writeFileSync(path, bytes);
  chmodSync(path, mode & 0o7777);
}

interface Damage {
  readonly title: string;
  /** Of the cache. */
  readonly part: "layers" | "releases" | "ready";
  readonly file: string;
  readonly act: (path: string) => void;
  /** What is said of that file when the artifact is at hand. */
  readonly problem: string;
}

const DAMAGES: readonly Damage[] = [
  {
    title: "a file of a layer is deleted",
    ...{ part: "layers", file: "site-packages/cart.py", act: unlinkSync, problem: "it is missing" },
  },
  {
    title: "a bit of a layer is flipped",
    ...{ part: "layers", file: "site-packages/cart.py", act: flipByte, problem: "it has other bytes" },
  },
  {
    title: "a file of a layer can be written",
    ...{ part: "layers", file: "app/shop.py", problem: "its mode is 0644" },
    act: (path) => chmodSync(path, 0o644),
  },
  {
    title: "a file of a layer can be executed",
    ...{ part: "layers", file: "app/shop.py", problem: "its mode is 0555" },
    act: (path) => chmodSync(path, 0o555),
  },
  {
    title: "a layer has a file too many",
    ...{ part: "layers", file: "app/shop.py", problem: "it does not belong there" },
    act: (path) => writeFileSync(join(dirname(path), "http.py"), "", { mode: 0o444 }),
  },
  {
    title: "a file of a release is deleted",
    ...{ part: "releases", file: "site-packages/cart.py", act: unlinkSync, problem: "it is missing" },
  },
  {
    title: "a file of a release is another one",
    ...{ part: "releases", file: "site-packages/cart.py", problem: "it has other bytes" },
    act: (path) => {
      const bytes = readFileSync(path);
      unlinkSync(path);
      writeFileSync(path, bytes.fill(0x20), { mode: 0o444 });
    },
  },
  {
    title: "a bit of a script is flipped",
    ...{ part: "releases", file: "bin/cart", act: flipByte, problem: "it has other bytes" },
  },
  {
    title: "a link of a release leads elsewhere",
    ...{ part: "releases", file: "bin/python3", problem: "it is not a link to " },
    act: (path) => {
      unlinkSync(path);
      symlinkSync("/bin/true", path);
    },
  },
  {
    title: "a release has a file too many",
    ...{ part: "releases", file: "app/shop.py", problem: "it does not belong there" },
    act: (path) => writeFileSync(join(dirname(path), "http.py"), "", { mode: 0o444 }),
  },
  {
    title: "a bit of a record is flipped",
    ...{ part: "releases", file: ".record", act: flipByte, problem: "its record is missing or damaged" },
  },
  {
    title: "a bit of a ready file is flipped",
    ...{ part: "ready", file: "", act: flipByte, problem: "it is not as it was written" },
  },
  {
    title: "a release has gone",
    ...{ part: "ready", file: "", problem: "its release is missing" },
    act: (path) => {
      const releases = join(dirname(dirname(path)), "releases");
      for (const name of readdirSync(releases)) {
        for (const each of [
          "",
          ...readdirSync(join(releases, name), { recursive: true, encoding: "utf8" }),
        ]) {
          if (lstatSync(join(releases, name, each)).isDirectory())
            chmodSync(join(releases, name, each), 0o755);
        }
        rmSync(join(releases, name), { recursive: true });
      }
    },
  },
];

suite("damage", { concurrency: 4 }, () => {
  for (const { title, part, file, act, problem } of DAMAGES) {
    test(`${title}: verify finds it, repair removes it, the next start makes it anew`, async (t) => {
      const artifact = await makeArtifactToStart(t);
      const { prefix } = await startFacts(artifact);
      const path = find(join(artifact.cache, part), file);
      if (part === "ready") act(path);
      else change(path, act);

      const named = await verifyBy(artifact);
      const expected = title.includes("too many") ? join(dirname(path), "http.py") : path;
      const lines = named.map((each) => `${join(artifact.cache, each.path)}: ${each.problem}`);
      const wanted = `${file === ".record" ? dirname(expected) : expected}: ${problem}`;
      assert.ok(
        lines.some((line) => line.startsWith(wanted)),
        `${wanted} is not in\n${lines.join("\n")}`,
      );
      const { problems } = await lookAfter("repair", artifact);
      assert.notEqual(problems.length, 0, "also without the artifact");
      assert.deepEqual((await lookAfter("verify", artifact)).problems, [], "repaired");
      assert.equal((await startFacts(artifact)).prefix, prefix);
      assert.deepEqual(await verifyBy(artifact), [], "made anew");
      assert.deepEqual(readdirSync(join(artifact.cache, "work")), []);
    });
  }
});

test("with the artifact, repair makes its release anew at once", async (t) => {
  const artifact = await makeArtifactToStart(t);
  const { prefix } = await startFacts(artifact);
  change(find(join(artifact.cache, "layers"), "cart.py"), flipByte);
  const { status, stdout } = await start(artifact, ["--holdall", "cache", "repair", "--json"]);
  assert.deepEqual([status, JSON.parse(stdout).made], [0, prefix]);
  assert.deepEqual(await verifyBy(artifact), []);
});

test("a ready file of another boot is told, and is no damage", async (t) => {
  const artifact = await makeArtifactToStart(t);
  await startFacts(artifact);
  const name = readdirSync(join(artifact.cache, "releases"))[0] ?? "";
  const path = join(artifact.cache, "ready", name);
  const boot = readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim();
  const body = readFileSync(path, "utf8")
    .replace(boot, "before")
    .replace(/# [0-9a-f]{64}\n$/, "");
  writeFileSync(path, `${body}# ${sha256(Buffer.from(body))}\n`);
  const { notes, problems } = await lookAfter("verify", artifact);
  assert.deepEqual(problems, []);
  assert.deepEqual(notes, [
    { path: `ready/${name}`, problem: "it is of another boot: the next start looks at its release" },
  ]);
});

test("an empty cache and one that is not there are whole, and empty", async (t) => {
  const artifact = await makeArtifactToStart(t);
  assert.deepEqual((await lookAfter("verify", artifact)).problems, []);
  assert.deepEqual((await lookAfter("list", artifact)).releases, []);
  assert.equal((await lookAfter("prune", artifact)).freedBytes, 0);
});

test("a damaged release that runs is made anew beside it by the next start", async (t) => {
  const artifact = await makeArtifactToStart(t);
  const child = spawn(artifact.path, ["shop", "wait"], { env: artifact.env, cwd: artifact.data });
  t.after(() => child.kill("SIGKILL"));
  await once(child.stdout, "data");
  change(find(join(artifact.cache, "releases"), "bin/cart"), flipByte);
  const { condemned, removed } = await lookAfter("repair", artifact);
  assert.deepEqual([condemned.length, removed], [1, []]);
  assert.ok(existsSync(find(artifact.cache, "site-packages/cart.py")), "what runs can go on");
  await startFacts(artifact);
  assert.deepEqual(await verifyBy(artifact), []);
});
