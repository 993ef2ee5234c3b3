import assert from "node:assert/strict";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { deflateSync } from "node:zlib";
import { readSupportMembers } from "../artifact/support-members.ts";
import { makeArtifactToStart, PYTHON, start, startFacts } from "../testing/artifact-to-start.ts";
import { makeDirectory } from "../testing/small-artifact.ts";
import type { BuildRun } from "./build-run.ts";
import { findInterpreter } from "./python/find-interpreter.ts";
import { compileSupport } from "./support-bytecode.ts";

const HINT = "\nhint: Copy the file again.\n";

async function compileMembers(t: TestContext): Promise<Record<string, Uint8Array>> {
  const directory = await makeDirectory(t);
  const run: BuildRun = {
    ...{ directory, work: join(directory, "work"), cache: join(directory, "cache"), env: process.env },
    ...{ signal: undefined, onEvent: () => {} },
  };
  const interpreter = await findInterpreter(run, { wanted: PYTHON.path, requirement: undefined });
  const support = await readSupportMembers();
  const made = await compileSupport(run, [interpreter, interpreter], support);
  assert.deepEqual(await compileSupport(run, [interpreter], support), made, "from the cache");
  return made;
}

test("a start runs the program's bytecode, and releases get that of their modules", async (t) => {
  const members = await compileMembers(t);
  assert.ok(members[`bytecode/${PYTHON.abi}`]);
  const artifact = await makeArtifactToStart(t, { members });
  const { prefix } = await startFacts(artifact);
  const [cached = ""] = Object.keys(members).filter((name) => name.includes("holdall_release."));
  const place = join(prefix, `lib/python${PYTHON.version}/site-packages`, cached.slice("release/".length));
  assert.deepEqual(await readFile(place), members[cached]);
  // A source that is no Python would end the start before anything is verified, if it were compiled.
  await replaceOnce(artifact.path, "def start(artifact, arguments", "dif start(artifact, arguments");
  const { stderr } = await start(artifact, ["cart"], { env: { HOLDALL_CACHE: `${artifact.cache}2` } });
  const named = "cannot start shop 1.0: it is damaged: holdall_support/start.py is not as it was sealed";
  assert.equal(stderr, named + HINT);
});

for (const [title, change] of [
  ["damaged", (bytes: Buffer) => (bytes[bytes.length >> 1] = (bytes[bytes.length >> 1] ?? 0) ^ 1)],
  ["not zlib's", (bytes: Buffer) => bytes.fill(0)],
] as const) {
  test(`bytecode that is ${title} is not run, and said to be damaged`, async (t) => {
    const members = await compileMembers(t);
    const name = `bytecode/${PYTHON.abi}`;
    const artifact = await makeArtifactToStart(t, { members });
    const file = await readFile(artifact.path);
    const bytes = Buffer.from(members[name] ?? []);
    const place = file.indexOf(bytes);
    change(bytes);
    bytes.copy(file, place);
    await writeFile(artifact.path, file);
    const { status, stderr } = await start(artifact, ["cart"]);
    assert.equal(stderr, `cannot start shop 1.0: it is damaged: ${name} is not as it was sealed${HINT}`);
    assert.equal(status, 1);
  });
}

test("bytecode of another Python is left alone", async (t) => {
  const members = await compileMembers(t);
  const name = `bytecode/${PYTHON.abi}`;
  const other = { [name]: deflateSync("another magic number") };
  await startFacts(await makeArtifactToStart(t, { members: { ...members, ...other } }));
});

async function replaceOnce(path: string, from: string, to: string): Promise<void> {
  const bytes = await readFile(path);
  const place = bytes.indexOf(from);
  assert.ok(place > 0);
  bytes.write(to, place);
  await writeFile(path, bytes);
}
