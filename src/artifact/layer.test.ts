import assert from "node:assert/strict";
import { createReadStream } from "node:fs";
import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { crc32, gunzipSync } from "node:zlib";
import { digest, forgeTar } from "../testing/forge-artifact.ts";
import { fileEntry, makeDirectory } from "../testing/small-artifact.ts";
import { writeLayer } from "./layer.ts";
import type { LayerEntry } from "./tar.ts";
import { verifyLayer } from "./verify-layer.ts";

const APPLICATION = { kind: "application" } as const;

test("a layer is one gzip member of its tar, and is called by the tar's digest", async (t) => {
  const directory = join(await makeDirectory(t), "new");
  const layer = await writeLayer([fileEntry("app/a", "content")], directory, APPLICATION);
  const bytes = await readFile(layer.path);
  const tar = forgeTar([{ path: "app/a", content: "content" }]);
  assert.deepEqual(gunzipSync(bytes), tar);
  assert.equal(bytes.toString("hex", 0, 10), "1f8b0800000000000003");
  assert.deepEqual(layer, {
    kind: "application",
    identity: `sha256:${digest(tar)}`,
    size: 2048,
    files: 1,
    transport: { encoding: "gzip", sha256: digest(bytes), size: bytes.length },
    crc32: crc32(bytes),
    path: join(directory, `${digest(tar)}.tar.gz`),
  });
});

test("order, place and source of the files change nothing", async (t) => {
  const directory = await makeDirectory(t);
  const large = Buffer.alloc(3_000_000, "0123456789abcde\n");
  await writeFile(join(directory, "large"), large);
  const fromMemory: LayerEntry = {
    kind: "file",
    path: "app/large",
    isExecutable: false,
    content: { bytes: large, size: large.length },
  };
  const fromDisk: LayerEntry = {
    ...fromMemory,
    content: { file: join(directory, "large"), size: large.length },
  };
  const others = [fileEntry("app/a/b", "b"), fileEntry("app/a-b", "a-b"), fileEntry("app/a/empty", "")];
  const first = await writeLayer([fromMemory, ...others], join(directory, "1"), APPLICATION);
  const second = await writeLayer([...others.toReversed(), fromDisk], join(directory, "2"), APPLICATION);
  assert.deepEqual(await readFile(second.path), await readFile(first.path));
  assert.deepEqual({ ...second, path: "" }, { ...first, path: "" });
});

test("a layer that was cut off in the cache is written again", async (t) => {
  const directory = await makeDirectory(t);
  const entries = [fileEntry("app/a", "content")];
  const { path } = await writeLayer(entries, directory, APPLICATION);
  const good = await readFile(path);
  await writeFile(path, "");
  await writeLayer(entries, directory, APPLICATION);
  assert.deepEqual(await readFile(path), good);
});

test("a layer may be empty", async (t) => {
  const layer = await writeLayer([], await makeDirectory(t), APPLICATION);
  const read = () => createReadStream(layer.path);
  await verifyLayer(read, { ...layer, name: "shop", version: "1.0" }, { source: "shop.holdall" });
  assert.deepEqual([layer.size, layer.files], [1024, 0]);
});

test("a layer that breaks a rule leaves no file", async (t) => {
  const directory = await makeDirectory(t);
  await mkdir(join(directory, "layers"));
  await assert.rejects(writeLayer([fileEntry("app/../a", "")], join(directory, "layers"), APPLICATION), {
    code: "layer_invalid",
    message: 'cannot pack the application layer: path "app/../a" has a part ".."',
  });
  assert.deepEqual(await readdir(join(directory, "layers")), []);
});

test("tells each entry of a layer that it verifies", async (t) => {
  const entries = [fileEntry("app/a", "a"), fileEntry("app/b", "b")];
  const layer = await writeLayer(entries, await makeDirectory(t), APPLICATION);
  const paths: string[] = [];
  await verifyLayer(
    () => createReadStream(layer.path),
    { ...layer, name: "shop", version: "1.0" },
    {
      source: "shop.holdall",
      crc32: layer.crc32,
      onEntry: (entry) => paths.push(entry.path),
    },
  );
  assert.deepEqual(paths, ["app/a", "app/b"]);
});
