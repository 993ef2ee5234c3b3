import assert from "node:assert/strict";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { writeLayer } from "../artifact/layer.ts";
import type { ArtifactLayer } from "../artifact/write-artifact.ts";
import { fileEntry, makeDirectory } from "../testing/small-artifact.ts";
import type { BuildRun } from "./build-run.ts";
import { compileLayers } from "./bytecode.ts";
import { findInterpreter } from "./python/find-interpreter.ts";

async function makeRun(t: TestContext): Promise<BuildRun> {
  const directory = await makeDirectory(t);
  const onEvent = () => {};
  return {
    ...{ directory, work: join(directory, "work"), cache: join(directory, "cache"), env: process.env },
    ...{ signal: undefined, onEvent },
  };
}

async function makeLayer(run: BuildRun, name: string, files: Record<string, string>): Promise<ArtifactLayer> {
  const entries = Object.entries(files).map(([path, text]) => fileEntry(`site-packages/${path}`, text));
  const layer = await writeLayer(entries, join(run.cache, "layers"), { kind: "distribution" });
  return { ...layer, name, version: "1" };
}

/** Names, constants and sets that two modules share: what marshal writes as references when it has seen them before. */
const SHARED = `
def total(items, shared_name="a constant of both"):
    if shared_name in {"a constant of both", "x", "y", "z", "shared", "names"}:
        return [shared_name for shared_name in items if shared_name != ("deep", ("tuple", 1.5))]
`;

test("bytecode depends on the layer alone, not on what is compiled beside or before it", async (t) => {
  const digests = [];
  for (const order of [["one", "two", "three"], ["three", "two", "one"], ["two"]]) {
    const run = await makeRun(t);
    const interpreter = await findInterpreter(run, { wanted: undefined, requirement: undefined });
    const layers = [];
    for (const name of order) {
      layers.push(
        await makeLayer(run, name, { [`${name}.py`]: `name = "${name}"\n${SHARED}`, "shared.py": SHARED }),
      );
    }
    const { layers: compiled, made } = await compileLayers(run, interpreter, layers);
    assert.equal(made.length, order.length);
    digests.push(Object.fromEntries(compiled.map(({ name, identity }) => [name, identity])));
    assert.equal((await compileLayers(run, interpreter, layers)).made.length, 0);
  }
  const [first, second, alone] = digests;
  assert.deepEqual(second, first);
  assert.equal(alone?.["two"], first?.["two"]);
});

test("bytecode whose name no header has room for is left out", async (t) => {
  const run = await makeRun(t);
  const interpreter = await findInterpreter(run, { wanted: undefined, requirement: undefined });
  const layer = await makeLayer(run, "long", { [`long/${"m".repeat(96)}.py`]: "", "long/short.py": "" });
  const { layers } = await compileLayers(run, interpreter, [layer]);
  assert.deepEqual(
    layers.map(({ files }) => files),
    [1],
  );
});

test("files that are no Python are left out, a layer without Python files has no bytecode", async (t) => {
  const run = await makeRun(t);
  const interpreter = await findInterpreter(run, { wanted: undefined, requirement: undefined });
  const mixed = await makeLayer(run, "mixed", {
    "mixed/__init__.py": "",
    "mixed/template.py": "class {{ name }}:\n",
    "mixed/old.py": "print 'two'\n",
    "mixed/nul.py": "a = 1\0\n",
    "mixed/latin.py": "# -*- coding: latin-1 -*-\na = '\u00e9'\n",
  });
  const data = await makeLayer(run, "data", { "data.txt": "" });
  const { layers } = await compileLayers(run, interpreter, [mixed, data]);
  assert.deepEqual(
    layers.map(({ name, files, of }) => ({ name, files, of })),
    [{ name: "mixed", files: 2, of: mixed.identity }],
  );
});
