import assert from "node:assert/strict";
import { statSync, truncateSync, writeFileSync } from "node:fs";
import { open, rm } from "node:fs/promises";
import { join } from "node:path";
import { Readable } from "node:stream";
import { createGzip } from "node:zlib";
import { MAX_FILE_SIZE, MAX_LAYER_SIZE } from "../../src/artifact/limits.ts";
import { toIdentity } from "../../src/artifact/manifest.ts";
import { Measure } from "../../src/artifact/measure.ts";
import { type LayerEntry, writeTar } from "../../src/artifact/tar.ts";
import type { ArtifactLayer } from "../../src/artifact/write-artifact.ts";
import { runProcess } from "../../src/system/run-process.ts";
import { makeArtifactToStart, start } from "../../src/testing/artifact-to-start.ts";
import { defineCase } from "../../src/testing/hard-case.ts";
import { needProgram } from "../../src/testing/needs.ts";
import { fileEntry, makeDirectory } from "../../src/testing/small-artifact.ts";

/** More than a ZIP of one member per file can have without ZIP64, which zipimport cannot read before Python 3.13. */
const FILES = 66_000;
/** More than 2 GiB: what a signed offset of 32 bits can say. */
const BYTES = 2 ** 31 + 2 ** 20;
const SHOW = `import m${FILES - 1}; print(m${FILES - 1}.number)`;

export default defineCase({
  sentence: `an artifact with ${FILES} files and more than 2 GiB is made, read by Python, sh and unzip, and starts`,
  origin: ["zipimport without ZIP64 before Python 3.13"],
  seenFailing:
    "with files of at most 2,147,483,647 bytes the layer could not be written; with at most 65,535 files to a layer in the program inside, the artifact was called damaged",
  async shownBy(_, t) {
    if (!needProgram(t, "unzip")) return;
    const directory = await makeDirectory(t);
    const large = join(directory, "large");
    writeFileSync(large, "");
    truncateSync(large, BYTES); // of no block on the disk
    const content = { file: large, size: BYTES };
    const more = await writeStoredLayer(join(directory, "layer"), [
      { kind: "file", path: "data/share/large", isExecutable: false, content },
    ]);
    const modules = Array.from({ length: FILES }, (_, number) =>
      fileEntry(`site-packages/m${number}.py`, `number = ${number}\n`),
    );
    // A start reads all of the file, and unpacks what is for its own Python.
    const python = { implementation: "cpython", version: "3.99", abi: "cp399" } as const;
    const otherTargets = [{ python, layers: [more.identity] }];
    const artifact = await makeArtifactToStart(t, { distribution: modules, more: [more], otherTargets });
    await rm(directory, { recursive: true });
    assert.ok(statSync(artifact.path).size > 2 ** 31);
    for (const _ of ["first", "next"]) {
      const { status, stdout, stderr } = await start(artifact, ["python", "-c", SHOW]);
      assert.deepEqual([status, stderr, stdout], [0, "", `${FILES - 1}\n`]);
    }
    const listed = await runProcess(["unzip", "-p", artifact.path, "manifest.json"], { env: {} });
    assert.equal(JSON.parse(listed.stdout).name, "shop", listed.stderr);
  },
});

/** In pieces of the default size, a quarter of a million system calls write it. */
const STORED = { level: 0, chunkSize: 2 ** 20, memLevel: 9 };

/** A layer like others that gzip did not make smaller. */
async function writeStoredLayer(path: string, entries: readonly LayerEntry[]): Promise<ArtifactLayer> {
  const [tar, packed] = [new Measure(), new Measure()];
  const bytes = Readable.from(tar.pass(writeTar(entries, "distribution"), { limit: MAX_LAYER_SIZE }));
  const file = await open(path, "wx");
  await file.writeFile(packed.pass(bytes.pipe(createGzip(STORED)), { limit: MAX_FILE_SIZE }));
  await file.close();
  const { sha256: digest, size } = tar.result();
  const { crc32, ...content } = packed.result();
  return {
    ...{
      kind: "distribution",
      name: "large",
      version: "1",
      identity: toIdentity(digest),
      size,
      files: entries.length,
    },
    ...{ transport: { encoding: "gzip", ...content }, crc32, path },
  };
}
