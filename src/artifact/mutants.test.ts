import assert from "node:assert/strict";
import { cp, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { makeGoodArtifacts } from "../testing/mutants/good-artifacts.ts";
import { judgeMutants, READERS } from "../testing/mutants/judge-mutants.ts";
import { makeMutant } from "../testing/mutants/mutate-artifact.ts";
import { makeDirectory } from "../testing/small-artifact.ts";
import { SUPPORT, verifyEach } from "../testing/verify-each.ts";

// A sample of `npm run mutants`. A failure names its index: `npm run mutants -- --seed 1 --only INDEX`.
const SEED = 1;
const indexes = (count: number) => Array.from({ length: count }, (_, index) => index);

test("all readers refuse the same mutants, and none places anything outside", async () => {
  const { failures, kinds } = await judgeMutants(SEED, indexes(200));
  assert.deepEqual(failures, []);
  const counts = Object.values(kinds);
  assert.equal(counts.length, 9);
  assert.ok(counts.every(({ refused }) => refused > 0));
  assert.ok(counts.some(({ valid, bySh }) => valid > 0 && bySh > 0));
});

test("a mutant follows from its seed and index alone", async (t) => {
  const goods = await makeGoodArtifacts(await makeDirectory(t));
  for (const index of indexes(30)) {
    assert.deepEqual(makeMutant(goods, SEED, index), makeMutant(goods, SEED, index));
    assert.notDeepEqual(makeMutant(goods, SEED + 1, index), makeMutant(goods, SEED, index));
  }
});

/** Checks of the reader in Python, and what stands there when somebody lost them. */
const LOST: readonly (readonly [check: string, file: string, from: string, to: string])[] = [
  ["the form of tar headers", "layer.py", "render_header(entry) != header", "False"],
  ["the order of paths", "layer.py", "key <= self._last", "False"],
  ["the digests of members", "artifact.py", 'digest.hexdigest() != content["sha256"]', "False"],
  ["the canonical form", "manifest.py", "again != text", "False"],
];

for (const [check, file, from, to] of LOST) {
  test(`a reader that lost ${check} is found`, async (t) => {
    const support = await makeDirectory(t);
    await cp(SUPPORT, support, { recursive: true });
    const path = join(support, "holdall_support", file);
    const source = await readFile(path, "utf8");
    assert.equal(source.split(from).length, 2);
    await writeFile(path, source.replace(from, to));
    const python = async (paths: readonly string[]) => {
      return (await verifyEach(paths, support)).map((answer) => (answer === "whole" ? undefined : answer));
    };
    const { failures } = await judgeMutants(SEED, indexes(250), { ...READERS, python, sh: undefined });
    assert.ok(failures.some(({ reason }) => /^TypeScript says .*; Python says whole$/.test(reason)));
  });
}
