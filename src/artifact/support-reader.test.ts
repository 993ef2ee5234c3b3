import assert from "node:assert/strict";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { takeApart } from "../testing/forge-artifact.ts";
import { HOSTILE } from "../testing/hostile-artifacts.ts";
import { makeDirectory, writeSmallArtifact } from "../testing/small-artifact.ts";
import { verifyEach } from "../testing/verify-each.ts";

async function goodArtifact(t: TestContext) {
  const directory = await makeDirectory(t);
  const path = await writeSmallArtifact(directory);
  return { directory, path, bytes: await readFile(path) };
}

test("the reader that travels in artifacts refuses each hostile one, as a refusal", async (t) => {
  const { directory, path, bytes } = await goodArtifact(t);
  const parts = await takeApart(path);
  const paths = [path];
  for (const [index, [, forge]] of HOSTILE.entries()) {
    const forged = join(directory, `${index}.holdall`);
    await writeFile(forged, forge(bytes, parts));
    paths.push(forged);
  }
  const [good, ...answers] = await verifyEach(paths);
  assert.equal(good, "whole");
  assert.equal(answers.length, HOSTILE.length);
  const accepted = HOSTILE.filter((_, index) => /^(whole|defect)/.test(answers[index] ?? ""));
  assert.deepEqual(
    accepted.map(([title]) => title),
    [],
    answers.filter((answer) => answer.startsWith("defect")).join("\n"),
  );
});

test("it refuses a change of any byte, and any end that comes too early", async (t) => {
  const { directory, path, bytes } = await goodArtifact(t);
  const paths = [path];
  const add = async (changed: Uint8Array) => {
    const forged = join(directory, `${paths.length}.holdall`);
    await writeFile(forged, changed);
    paths.push(forged);
  };
  for (let place = 0; place < bytes.length; place += 3) {
    const changed = Buffer.from(bytes);
    changed[place] = (changed[place] ?? 0) ^ (1 << (place % 8));
    await add(changed);
  }
  for (let end = 0; end < bytes.length; end += 97) await add(bytes.subarray(0, end));
  const [good, ...answers] = await verifyEach(paths);
  assert.equal(good, "whole");
  assert.deepEqual(
    answers
      .map((answer, index) => [index, answer])
      .filter(([, answer]) => /^(whole|defect)/.test(String(answer))),
    [],
  );
  assert.equal(answers.length, paths.length - 1);
});
