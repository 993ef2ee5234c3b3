import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import {
  chmodSync,
  chownSync,
  linkSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { type ArtifactToStart, makeArtifactToStart, start } from "../testing/artifact-to-start.ts";
import { makeArtifactInside } from "../testing/inside.ts";
import { needRoot } from "../testing/needs.ts";
import { makeDirectory } from "../testing/small-artifact.ts";

const NOBODY = 65534;
const PARTS = ["layers", "releases", "ready", "used", "work"];

/** A cache in which anybody can make something, as in /tmp. */
function makeOpenCache({ cache }: ArtifactToStart): void {
  mkdirSync(cache);
  chmodSync(cache, 0o1777);
}

test("a part of the cache that another user has made is refused, and nothing is put there", async (t) => {
  if (!needRoot(t)) return;
  const artifact = await makeArtifactToStart(t);
  const inside = await makeArtifactInside(t);
  const planted = [
    ...PARTS.map((part) => [artifact, part] as const),
    [inside, "layers"],
    [inside, "work"],
  ] as const;
  for (const [started, part] of planted) {
    makeOpenCache(started);
    const path = join(started.cache, part);
    mkdirSync(path);
    chmodSync(path, 0o777);
    chownSync(path, NOBODY, NOBODY);
    const { status, stderr } = await start(started, ["cart"]);
    assert.equal(
      stderr,
      `cannot start shop 1.0: its cache ${path} belongs to another user\nhint: Set HOLDALL_CACHE to a directory of your own.\n`,
    );
    assert.deepEqual([status, readdirSync(started.cache), readdirSync(path)], [1, [part], []]);
    rmSync(started.cache, { recursive: true });
  }
});

test("a ready file that another user's link leads to is not sourced, though the file is our own", async (t) => {
  if (!needRoot(t)) return;
  const artifact = await makeArtifactToStart(t);
  const own = join(artifact.data, "log");
  writeFileSync(own, "echo sourced\nexit 0\n");
  for (const plant of [symlinkSync, linkSync]) {
    makeOpenCache(artifact);
    const ready = join(artifact.cache, "ready");
    mkdirSync(ready);
    plant(own, join(ready, artifact.identity));
    chownSync(ready, NOBODY, NOBODY);
    const { status, stdout } = await start(artifact, ["cart"]);
    assert.deepEqual([status, stdout], [1, ""]);
    rmSync(artifact.cache, { recursive: true });
  }
});

test("what other runs left in work/ goes, is never read, and nothing that it leads to is touched", async (t) => {
  const artifact = await makeArtifactToStart(t);
  const outside = await makeDirectory(t);
  writeFileSync(join(outside, "kept"), "kept", { mode: 0o400 });
  chmodSync(outside, 0o500);
  const work = join(artifact.cache, "work");
  // Under each name that a start uses: of a process that has ended, and of one whose number another process has now.
  for (const name of ["4194304-0123456789ab", `${process.pid}-0123456789ab`, "sh-4194304", "portion"]) {
    const left = join(work, name);
    mkdirSync(join(left, "release", "lib"), { recursive: true });
    symlinkSync(outside, join(left, "link"));
    symlinkSync("/nowhere", join(left, "portion-0"));
    writeFileSync(join(left, "portion-0.new"), "planted");
    execFileSync("mkfifo", [join(left, "pipe")]);
    chmodSync(join(left, "release", "lib"), 0);
    chmodSync(left, 0o500);
  }
  for (const name of ["sh-4194303", "linked"]) symlinkSync(outside, join(work, name));
  writeFileSync(join(work, "4194304-0123456789ab.ready"), "echo planted\n");
  const { status, stdout, stderr } = await start(artifact, ["cart"]);
  assert.deepEqual([status, stderr, stdout.split(" ")[0]], [0, "", "cart"]);
  assert.deepEqual(readdirSync(work), []);
  assert.equal(readFileSync(join(outside, "kept"), "utf8"), "kept");
  const modes = [outside, join(outside, "kept")].map((path) => statSync(path).mode & 0o777);
  assert.deepEqual(modes, [0o500, 0o400]);
  const verified = await start(artifact, ["--holdall", "cache", "verify"]);
  assert.equal(verified.status, 0, verified.stdout);
  chmodSync(outside, 0o700);
});
