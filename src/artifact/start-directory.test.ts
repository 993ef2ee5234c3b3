import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { cp, lstat, mkdir, readdir, readFile, readlink, rename, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { type TestContext, test } from "node:test";
import { runProcess } from "../system/run-process.ts";
import {
  type ArtifactToStart,
  makeArtifactToStart,
  type StartOptions,
  start,
  startFacts,
} from "../testing/artifact-to-start.ts";
import { fileEntry, makeDirectory } from "../testing/small-artifact.ts";

// A release for those who want a directory: a path in the cache, or one of their own.

async function succeed(artifact: ArtifactToStart, words: readonly string[], options?: StartOptions) {
  const { status, stdout, stderr } = await start(artifact, ["--holdall", ...words], options);
  assert.deepEqual([status, stderr], [0, ""]);
  return stdout.trimEnd();
}

/** Each path with what is there. */
async function readTree(root: string): Promise<Readonly<Record<string, string>>> {
  const paths = (await readdir(root, { recursive: true })).sort();
  const rows = paths.map(async (path) => {
    const full = join(root, path);
    const status = await lstat(full);
    if (status.isDirectory()) return [path, "directory"];
    if (status.isSymbolicLink()) return [path, `to ${await readlink(full)}`];
    return [path, `${status.mode.toString(8)} ${await readFile(full, "latin1")}`];
  });
  return Object.fromEntries(await Promise.all(rows));
}

async function place(t: TestContext): Promise<string> {
  return join(await makeDirectory(t), "venv");
}

test("path prints where the release lies that a start uses, and makes it", async (t) => {
  const artifact = await makeArtifactToStart(t);
  const path = await succeed(artifact, ["path"]);
  assert.equal((await startFacts(artifact)).prefix, path);
});

test("a directory of its own runs without artifact and cache", async (t) => {
  const artifact = await makeArtifactToStart(t);
  const venv = await place(t);
  assert.equal(await succeed(artifact, ["unpack", "--venv", venv], { env: { HOLDALL_CACHE: "" } }), "");
  assert.equal(existsSync(artifact.cache), false);
  await rename(artifact.path, `${artifact.path}.gone`);
  const { stdout } = await runProcess([join(venv, "bin/shop"), "facts"], { cwd: artifact.data, env: {} });
  const facts = JSON.parse(stdout);
  assert.equal(facts.prefix, venv);
  assert.match(facts.cart, new RegExp(`^${venv}/lib/python[^/]+/site-packages/cart\\.py$`));
  assert.equal((await lstat(facts.cart)).nlink, 1);
  await writeFile(facts.cart, "items = ['edited']\n"); // nothing else has these bytes
});

test("the parts, laid over one another, are the whole", async (t) => {
  const artifact = await makeArtifactToStart(t);
  const venv = await place(t);
  const trees: Record<string, Awaited<ReturnType<typeof readTree>>> = {};
  const merged = `${venv}-merged`;
  for (const part of ["dependencies", "application", "all"]) {
    await succeed(artifact, ["unpack", "--venv", venv, ...(part === "all" ? [] : ["--only", part])]);
    trees[part] = await readTree(venv);
    if (part !== "all") await cp(venv, merged, { recursive: true, verbatimSymlinks: true });
    await rename(venv, `${venv}-${part}`);
  }
  const { dependencies = {}, application = {}, all = {} } = trees;
  assert.ok("bin/cart" in dependencies && "pyvenv.cfg" in dependencies);
  assert.deepEqual(
    Object.keys(dependencies).filter((path) => path.includes("shop")),
    [],
  );
  assert.deepEqual(
    Object.keys(application).filter((path) => application[path] !== "directory"),
    ["app/shop.py", "bin/shop", Object.keys(all).find((path) => path.endsWith("holdall.pth"))].sort(),
  );
  assert.deepEqual(await readTree(merged), all);
});

test("the dependencies of two versions of an application are the same bytes at the same place", async (t) => {
  const venv = await place(t);
  const trees = [];
  for (const text of ["one = 1\n", "two = 2\n"]) {
    const artifact = await makeArtifactToStart(t, { application: [fileEntry("app/version.py", text)] });
    await succeed(artifact, ["unpack", "--venv", venv, "--only", "dependencies"]);
    trees.push(await readTree(venv));
    await rename(venv, `${venv}-${trees.length}`);
  }
  assert.deepEqual(trees[0], trees[1]);
});

test("a directory that is there, or cannot be made, is refused, and nothing is left beside it", async (t) => {
  const artifact = await makeArtifactToStart(t);
  const parent = await makeDirectory(t);
  const there = join(parent, "there");
  await mkdir(there);
  const cases = [
    [["unpack", "--venv", there], 1, `unpack ${artifact.path} to ${there}: it is there already`],
    [["unpack", "--venv", join(parent, "no/venv")], 1, "no such file or directory"],
    [["unpack", "--venv", there, "--only", "half"], 2, "understand --holdall: unpack --venv"],
    [["unpack", "--venv"], 2, "understand --holdall: unpack --venv is not one of"],
  ] as const;
  for (const [words, status, reason] of cases) {
    const result = await start(artifact, ["--holdall", ...words]);
    assert.equal(result.status, status);
    assert.ok(result.stderr.startsWith("cannot ") && result.stderr.includes(reason), result.stderr);
  }
  const bytes = await readFile(artifact.path);
  const layer = bytes.indexOf(Buffer.from([0x1f, 0x8b, 0x08])); // where its gzip starts
  await writeFile(artifact.path, bytes.fill(0, layer + 20, layer + 30));
  assert.equal((await start(artifact, ["--holdall", "unpack", "--venv", join(parent, "venv")])).status, 1);
  assert.deepEqual(await readdir(parent), ["there"]);
});

test("the script for mod_wsgi names the file by its whole path; without an object for WSGI there is none", async (t) => {
  const app = { interface: "wsgi", module: "shop", attribute: "main", isFactory: false } as const;
  const artifact = await makeArtifactToStart(t, { plan: { objects: { app } } });
  assert.equal(
    await succeed(artifact, ["wsgi-script"], {
      as: `./${basename(artifact.path)}`,
      cwd: join(artifact.path, ".."),
    }),
    `import sys; sys.path.insert(0, '${artifact.path}')\nfrom holdall_app import app as application`,
  );
  const other = await makeArtifactToStart(t);
  const { status, stderr } = await start(other, ["--holdall", "wsgi-script"]);
  assert.equal(status, 1);
  assert.match(stderr, /^cannot write a script for \S+: it has no object for WSGI servers\nhint: /);
});
