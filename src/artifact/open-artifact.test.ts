import assert from "node:assert/strict";
import { open, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { AppError } from "../errors/app-error.ts";
import { takeApart } from "../testing/forge-artifact.ts";
import { HOSTILE } from "../testing/hostile-artifacts.ts";
import { makeDirectory, writeSmallArtifact } from "../testing/small-artifact.ts";
import { openArtifact } from "./open-artifact.ts";
import { unpackArtifact } from "./unpack-artifact.ts";
import { verifyArtifact } from "./verify-artifact.ts";

async function goodArtifact(t: TestContext) {
  const directory = await makeDirectory(t);
  const path = await writeSmallArtifact(directory);
  return { directory, path, forged: join(directory, "forged.holdall") };
}

test("every single changed byte is refused", async (t) => {
  const { path, forged } = await goodArtifact(t);
  const good = await readFile(path);
  await writeFile(forged, good);
  const seed = Math.floor(Math.random() * 255);
  t.diagnostic(`seed ${seed}`);
  const file = await open(forged, "r+");
  for (let offset = 0; offset < good.length; offset++) {
    const byte = good[offset] ?? 0;
    await file.write(Buffer.of(byte ^ (1 + ((seed + offset * 31) % 255))), 0, 1, offset);
    const refusal = await openArtifact(forged)
      .then(verifyArtifact)
      .catch((error: unknown) => error);
    assert.ok(refusal instanceof AppError, `byte ${offset}: ${refusal}`);
    await file.write(Buffer.of(byte), 0, 1, offset);
  }
  await file.close();
  await verifyArtifact(await openArtifact(forged));
});

test("an artifact that ends early is refused, wherever it ends", async (t) => {
  const { path, forged } = await goodArtifact(t);
  const good = await readFile(path);
  const short = 22; // of the first lines: nothing says that it is one
  await writeFile(forged, good);
  const file = await open(forged, "r+");
  for (let length = good.length - 1; length >= 0; length--) {
    await file.truncate(length);
    const code = length < short ? "artifact_unreadable" : "artifact_damaged";
    await assert.rejects(openArtifact(forged), { code }, `${length} bytes`);
  }
  await file.close();
});

for (const [title, forge, code, reason] of HOSTILE) {
  test(`refuses ${title}, and unpacks nothing`, async (t) => {
    const { directory, path, forged } = await goodArtifact(t);
    const before = await readdir(directory);
    await writeFile(forged, forge(await readFile(path), await takeApart(path)));
    const unpacked = openArtifact(forged).then((artifact) =>
      unpackArtifact(artifact, join(directory, "out")),
    );
    await assert.rejects(unpacked, { code, message: `cannot read ${forged}: ${reason}` });
    assert.deepEqual(await readdir(directory), [...before, "forged.holdall"].sort());
  });
}
