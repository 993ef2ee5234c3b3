import assert from "node:assert/strict";
import { readdir, readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { makeDirectory, smallContent } from "../testing/small-artifact.ts";
import { openArtifact } from "./open-artifact.ts";
import { verifyArtifact } from "./verify-artifact.ts";
import { type ArtifactContent, writeArtifact } from "./write-artifact.ts";

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

test("the same content gives the same bytes, in whatever order it is named", async (t) => {
  const [one, two] = [await makeDirectory(t), await makeDirectory(t)];
  const first = await smallContent(one);
  const second = await smallContent(two);
  const support = Object.fromEntries(Object.entries(second.support).toReversed());
  await writeArtifact(first, join(one, "shop.holdall"));
  await writeArtifact({ ...second, support, layers: second.layers.toReversed() }, join(two, "shop.holdall"));
  assert.deepEqual(await readFile(join(one, "shop.holdall")), await readFile(join(two, "shop.holdall")));
});

test("an artifact is replaced whole", async (t) => {
  const directory = await makeDirectory(t);
  const path = join(directory, "shop.holdall");
  const { identity } = await writeArtifact(await smallContent(directory), path);
  const changed = await writeArtifact(await smallContent(directory, { source: "app = 1\n" }), path);
  assert.notEqual(changed.identity, identity);
  await verifyArtifact(await openArtifact(path));
});

const REFUSED: readonly (readonly [change: (content: ArtifactContent) => ArtifactContent, reason: string])[] =
  [
    [
      (content) => ({ ...content, name: "Shop" }),
      'manifest.name is "Shop", not a name of a-z 0-9 with - between, at most 40 long',
    ],
    [
      (content) => ({ ...content, support: { ...content.support, "a b": Buffer.alloc(0) } }),
      'a key of manifest.members is "a b", not a member\'s name',
    ],
    [
      (content) => ({ ...content, support: { ...content.support, "../a": Buffer.alloc(0) } }),
      '"../a" cannot be a member\'s name',
    ],
    [
      (content) => ({ ...content, renderPrefix: () => "#!/bin/sh\n" }),
      "its prefix does not start with the two lines that every artifact has",
    ],
    [
      (content) => ({ ...content, description: { ratio: 0.5 } }),
      "manifest has 0.5, which is no integer below 2^53",
    ],
  ];

for (const [change, reason] of REFUSED) {
  test(`writes nothing when ${reason}`, async (t) => {
    const directory = await makeDirectory(t);
    const path = join(directory, "shop.holdall");
    const content = change(await smallContent(directory));
    await assert.rejects(writeArtifact(content, path), {
      code: "artifact_invalid",
      message: `cannot write ${path}: ${reason}`,
    });
    assert.deepEqual(await readdir(directory), ["layers"]);
  });
}

test("a layer that was cut off in the cache is not sealed", async (t) => {
  const directory = await makeDirectory(t);
  const path = join(directory, "shop.holdall");
  const content = await smallContent(directory);
  const [layer] = content.layers;
  assert.ok(layer !== undefined);
  await writeFile(layer.path, "cut");
  const name = `layers/${layer.identity.slice(7)}.tar.gz`;
  const message = `cannot write ${path}: file "${name}" changed meanwhile: it had ${layer.transport.size} bytes, now 3`;
  await assert.rejects(writeArtifact(content, path), { code: "artifact_invalid", message });
  assert.deepEqual(await readdir(directory), ["layers"]);
});

test("a verdict against it leaves the file that was there", async (t) => {
  const directory = await makeDirectory(t);
  const path = join(directory, "shop.holdall");
  const { identity } = await writeArtifact(await smallContent(directory), path);
  const changed = await smallContent(directory, { source: "app = 1\n" });
  const verdict = Promise.reject(new Error("it does not import"));
  await assert.rejects(writeArtifact(changed, path, { verdict }), { message: "it does not import" });
  assert.equal((await openArtifact(path)).identity, identity);
  assert.deepEqual(
    (await readdir(directory)).filter((name) => name.includes("shop.holdall")),
    ["shop.holdall"],
  );
});
