import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { chmod, readdir, readFile, rename, rm, stat, truncate, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import {
  type ArtifactToStart,
  makeArtifactToStart,
  PYTHON,
  start,
  startFacts,
} from "../testing/artifact-to-start.ts";
import { fileEntry, removeReadOnly } from "../testing/small-artifact.ts";

/** As another boot of the machine would find it: the ready files name the one before. */
async function pretendReboot({ cache }: ArtifactToStart): Promise<void> {
  const boot = (await readFile("/proc/sys/kernel/random/boot_id", "utf8")).trim();
  for (const name of await readdir(join(cache, "ready"))) {
    const path = join(cache, "ready", name);
    await writeFile(path, (await readFile(path, "utf8")).replace(boot, "before"));
  }
}

test("ten first starts at once: all succeed, one release, nothing left over", async (t) => {
  const artifact = await makeArtifactToStart(t, { distribution: manyFiles() });
  const results = await Promise.all(Array.from({ length: 10 }, () => start(artifact, ["cart"])));
  for (const { status, stderr } of results) assert.deepEqual([status, stderr], [0, ""]);
  assert.equal((await readdir(join(artifact.cache, "releases"))).length, 1);
  assert.equal((await readdir(join(artifact.cache, "layers"))).length, 2);
  assert.deepEqual(await readdir(join(artifact.cache, "work")), []);
});

function manyFiles() {
  return Array.from({ length: 400 }, (_, n) => fileEntry(`site-packages/many/${n}.txt`, "x".repeat(n)));
}

test("killed at any moment of the first start, the next one succeeds and cleans up", async (t) => {
  const artifact = await makeArtifactToStart(t, { distribution: manyFiles() });
  for (const afterFiles of [1, 100, 300, 420, 700]) {
    removeReadOnly(artifact.cache);
    const child = spawn(artifact.path, ["shop", "wait"], {
      env: artifact.env,
      cwd: artifact.data,
      stdio: "ignore",
    });
    const ended = once(child, "exit");
    while ((await countFiles(artifact.cache)) < afterFiles && child.exitCode === null)
      await stat(artifact.path);
    child.kill("SIGKILL");
    await ended;
    const { status, stderr } = await start(artifact, ["cart"]);
    assert.deepEqual([status, stderr], [0, ""], `killed after ${afterFiles} files`);
    assert.deepEqual(await readdir(join(artifact.cache, "work")), []);
  }
});

async function countFiles(directory: string): Promise<number> {
  try {
    return (await readdir(directory, { recursive: true })).length;
  } catch {
    return 0; // it changes while it is read
  }
}

test("after a reboot each file is looked at, and what was lost is made again", async (t) => {
  const artifact = await makeArtifactToStart(t);
  const { prefix, cart } = await startFacts(artifact);
  const layers = await readdir(join(artifact.cache, "layers"));
  const release = await stat(prefix);
  await pretendReboot(artifact);
  await startFacts(artifact);
  assert.equal((await stat(prefix)).ino, release.ino, "what is whole stays");

  const losses = [
    () => empty(cart),
    () => empty(join(prefix, "bin", "shop")),
    () => empty(join(prefix, "pyvenv.cfg")),
    () => remove(join(prefix, "bin"), "python3"),
    () =>
      rm(join(artifact.cache, "layers", layers[0] ?? "", "site-packages"), { recursive: true, force: true }),
    () =>
      rm(join(artifact.cache, "layers", layers[1] ?? "", "site-packages"), { recursive: true, force: true }),
    () => rm(join(artifact.cache, "layers", layers[0] ?? ""), { recursive: true }),
    () => rm(join(artifact.cache, "ready"), { recursive: true }),
  ];
  for (const lose of losses) {
    await lose();
    if (existsSync(join(artifact.cache, "ready"))) await pretendReboot(artifact);
    assert.equal((await startFacts(artifact)).cart, cart, String(lose));
    assert.deepEqual(await readdir(join(artifact.cache, "work")), []);
    assert.deepEqual((await readdir(join(artifact.cache, "layers"))).sort(), layers.sort());
  }
});

async function empty(path: string): Promise<void> {
  await chmod(path, 0o644);
  await truncate(path);
  await chmod(path, 0o444);
}

async function remove(directory: string, name: string): Promise<void> {
  await chmod(directory, 0o755);
  await rm(join(directory, name), { force: true });
}

test("a release that was moved or deleted is made again", async (t) => {
  const artifact = await makeArtifactToStart(t);
  const { prefix } = await startFacts(artifact);
  await chmod(prefix, 0o755);
  await rename(prefix, `${prefix}.moved`);
  assert.equal((await startFacts(artifact)).prefix, prefix);
  await rename(artifact.cache, `${artifact.cache}2`);
  const moved = { HOLDALL_CACHE: `${artifact.cache}2` };
  assert.equal((await startFacts(artifact, { env: moved })).prefix, prefix.replace("/cache/", "/cache2/"));
});

test("a cache that was moved to a path of the same length has scripts that were made for it", async (t) => {
  const artifact = await makeArtifactToStart(t);
  const { prefix } = await startFacts(artifact);
  const cache = artifact.cache.replace(/cache$/, "store");
  await rename(artifact.cache, cache);
  const moved = await startFacts(artifact, { env: { HOLDALL_CACHE: cache } });
  assert.equal(moved.prefix, prefix.replace("/cache/", "/store/"));
  const script = await readFile(join(moved.prefix, "bin", "shop"), "utf8");
  assert.ok(script.includes(`${moved.prefix}/bin/python`) && !script.includes(prefix), script);
});

test("a ready file of another interpreter, or one that has gone, is not used", async (t) => {
  const artifact = await makeArtifactToStart(t);
  const { prefix } = await startFacts(artifact);
  const ready = join(artifact.cache, "ready", artifact.identity);
  const text = await readFile(ready, "utf8");
  await writeFile(ready, text.replace(`[ -x ${PYTHON.path} ]`, "[ -x /gone/python3 ]"));
  assert.equal((await startFacts(artifact)).prefix, prefix);
  assert.equal(await readFile(ready, "utf8"), text, "and it is written anew");
});

test("two applications share what they have in common", async (t) => {
  const first = await makeArtifactToStart(t, { distribution: [fileEntry("site-packages/shared.py", "")] });
  const second = await makeArtifactToStart(t, {
    distribution: [fileEntry("site-packages/shared.py", "")],
    application: [fileEntry("app/other.py", "")],
  });
  const { cart } = await startFacts(first);
  const there = { HOLDALL_CACHE: first.cache };
  const other = await startFacts(second, { env: there });
  assert.notEqual(other.cart, cart);
  assert.equal((await stat(other.cart)).ino, (await stat(cart)).ino);
  assert.equal((await stat(cart)).mode & 0o777, 0o444);
  assert.equal((await readdir(join(first.cache, "layers"))).length, 3);
});

test("files of a release are readable whatever the umask of the first start", async (t) => {
  const artifact = await makeArtifactToStart(t);
  const by = ["sh", "-c", 'umask 077; exec "$0" "$@"'];
  const { prefix, cart } = await startFacts(artifact, { by });
  for (const path of [prefix, cart, join(prefix, "bin", "cart")]) {
    assert.equal((await stat(path)).mode & 0o444, 0o444, path);
  }
  const { stdout } = await start(artifact, ["python", "-c", "import os; print(oct(os.umask(0)))"], { by });
  assert.equal(stdout, "0o77\n", "the application has its own");
});
