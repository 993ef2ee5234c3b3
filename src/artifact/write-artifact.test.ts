import assert from "node:assert/strict";
import { readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { makeDirectory, smallContent, writeSmallArtifact } from "../testing/small-artifact.ts";
import { openArtifact } from "./open-artifact.ts";
import { packArtifact } from "./pack-artifact.ts";
import { unpackArtifact } from "./unpack-artifact.ts";
import { verifyArtifact } from "./verify-artifact.ts";
import { writeArtifact } from "./write-artifact.ts";

test("what is written opens and verifies", async (t) => {
  const directory = await makeDirectory(t);
  const written = await writeArtifact(await smallContent(directory), join(directory, "shop.holdall"));
  const artifact = await openArtifact(written.path);
  await verifyArtifact(artifact);
  assert.equal(artifact.identity, written.identity);
  assert.deepEqual(artifact.manifest, written.manifest);
  assert.equal((await stat(written.path)).size, written.size);
  assert.equal((await stat(written.path)).mode & 0o777, 0o755 & ~process.umask());
});

test("unpacked and packed again it is the same file", async (t) => {
  const directory = await makeDirectory(t);
  const path = await writeSmallArtifact(directory);
  const open = join(directory, "open");
  const unpacked = await unpackArtifact(await openArtifact(path), open);
  assert.equal(unpacked.form, "open");
  const again = await packArtifact(open, join(directory, "again.holdall"));
  assert.deepEqual(await readFile(again.path), await readFile(path));
  assert.equal((await stat(again.path)).mode & 0o777, 0o755 & ~process.umask());
});
