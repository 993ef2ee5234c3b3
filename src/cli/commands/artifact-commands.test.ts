import assert from "node:assert/strict";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { runHoldall } from "../../testing/run-holdall.ts";
import { makeDirectory, writeSmallArtifact } from "../../testing/small-artifact.ts";

async function ask(...argv: string[]) {
  const answer = await runHoldall([...argv, "--json"]);
  return { status: answer.status, value: JSON.parse(answer.stdout) };
}

test("unpack and pack are inverse, and the identity stays", async (t) => {
  const directory = await makeDirectory(t);
  const sealed = await writeSmallArtifact(directory);
  const [open, again] = [join(directory, "open"), join(directory, "again.holdall")];
  const unpacked = await ask("unpack", sealed, open);
  const packed = await ask("pack", open, again);
  const { identity } = unpacked.value;
  assert.deepEqual(unpacked, { status: 0, value: { path: open, form: "open", identity } });
  assert.deepEqual(packed, { status: 0, value: { path: again, form: "sealed", identity } });
  assert.deepEqual(await readFile(again), await readFile(sealed));
});

test("verify gives the facts of a whole artifact and refuses one with a changed byte", async (t) => {
  const directory = await makeDirectory(t);
  const path = await writeSmallArtifact(directory);
  const { status, value } = await ask("verify", path);
  const { identity } = value;
  assert.deepEqual(value, { path, form: "sealed", identity, name: "shop", version: "1.0", layers: 2 });
  assert.equal(status, 0);

  const bytes = await readFile(path);
  const middle = bytes.indexOf("layers/") + 150;
  bytes[middle] = (bytes[middle] ?? 0) ^ 1;
  await writeFile(path, bytes);
  const refused = await ask("verify", path);
  assert.equal(refused.status, 1);
  assert.equal(refused.value.error.code, "artifact_damaged");
});

test("inspect shows what is inside for people and the manifest for programs", async (t) => {
  const path = await writeSmallArtifact(await makeDirectory(t));
  const { value } = await ask("inspect", path);
  assert.equal(value.manifest.name, "shop");
  const { stdout, status } = await runHoldall(["inspect", path]);
  assert.equal(status, 0);
  assert.match(stdout, /^shop 1\.0, sealed, written by holdall 0\.1\.0\n/);
  assert.match(stdout, /runs on {3}Python 3\.11 \(cp311\) on any processor\n/);
  assert.match(stdout, /\n {2}distribution {2}cart {2}2\.1 /);
  assert.match(stdout, /\nCommands\n {2}serve {2}shop \{host\}:\{port\} {2}Serve the shop\n/);
});

test("diff shows what changed, for people and for programs", async (t) => {
  const directory = await makeDirectory(t);
  const old = await writeSmallArtifact(directory, { file: "old.holdall" });
  const changed = await writeSmallArtifact(directory, { file: "new.holdall", source: "app = 1\n" });
  const { value } = await ask("diff", old, changed);
  assert.equal(value.isSame, false);
  assert.equal(value.layers.same.length, 1);
  const { stdout } = await runHoldall(["diff", old, changed]);
  assert.match(stdout, /^1 layer added, 1 removed, 1 the same\n/);
  assert.equal(
    (await runHoldall(["diff", old, old])).stdout,
    "the same artifact: their manifests have the same digest\n",
  );
});

test("build says before all the work that there is no directory to write to", async (t) => {
  const directory = await makeDirectory(t);
  await writeFile(join(directory, "web.py"), "");
  const output = join(directory, "dist/web.holdall");
  const { status, stdout, stderr } = await runHoldall(["build", directory, "--output", output], {
    env: { ...process.env },
  });
  assert.deepEqual([status, stdout], [1, ""]);
  assert.equal(
    stderr,
    `error: cannot write ${output}: ${join(directory, "dist")} is not a directory\nhint: Make the directory first, or name another.\n(file_unwritable)\n`,
  );
});
