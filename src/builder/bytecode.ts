import { statSync } from "node:fs";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { writeLayer } from "../artifact/layer.ts";
import type { Identity } from "../artifact/manifest.ts";
import type { LayerEntry } from "../artifact/tar.ts";
import { fitsHeader } from "../artifact/tar-header.ts";
import type { ArtifactLayer } from "../artifact/write-artifact.ts";
import { undefinedIfMissing } from "../system/file-errors.ts";
import { PACKAGE_ROOT } from "../system/package-root.ts";
import { runProcess } from "../system/run-process.ts";
import { type BuildRun, reportStep } from "./build-run.ts";
import { cacheKey, findCachedLayer, layerDirectory, rememberLayer } from "./layer-cache.ts";
import type { Interpreter } from "./python/interpreter.ts";

const COMPILE = join(PACKAGE_ROOT, "support/build/compile.py");
/** Goes into the keys of the cache: to be raised when compile.py makes other bytes. */
const COMPILE_VERSION = 3;
/** A part has about so many files of a layer; how many parts there are may depend on the layer alone. */
const PART_FILES = 400;
/** Each part inflates the whole layer. */
const MAX_PARTS = 4;

/** All that the compiler sees: neither the user's locale nor variables for Python change a byte. */
const COMPILE_ENVIRONMENT = { LC_ALL: "C.UTF-8", PYTHONHASHSEED: "0" };

/**
 * The bytecode of each layer for one interpreter, from the cache or compiled now. A layer without Python files has
 * none.
 *
 * @returns layers in the order of those that they were compiled from.
 */
export async function compileLayers(
  run: BuildRun,
  interpreter: Interpreter,
  layers: readonly ArtifactLayer[],
): Promise<{ readonly layers: readonly ArtifactLayer[]; readonly made: readonly Identity[] }> {
  const { fullVersion, build, abi, magic } = interpreter;
  const keyOf = ({ identity }: ArtifactLayer) =>
    cacheKey([COMPILE_VERSION, identity, abi, magic, fullVersion, build]);
  const known = layers.map((layer) => findCachedLayer(run, "bytecode", keyOf(layer)));
  const missing = layers.filter((_, index) => known[index] === undefined);
  if (missing.length > 0) {
    await reportStep(run, "compile", { count: missing.length }, () => compile(run, interpreter, missing));
  }
  const all: ArtifactLayer[] = [];
  for (const [index, layer] of layers.entries()) {
    const found = known[index] ?? (await packBytecode(run, interpreter, layer, keyOf(layer)));
    if (found.layer === undefined) continue;
    // The bytes may be those of another distribution's layer: name and origin are of this one.
    all.push({ ...found.layer, name: layer.name, version: layer.version, of: layer.identity });
  }
  const made = all.flatMap(({ identity, of }) =>
    missing.some((one) => one.identity === of) ? [identity] : [],
  );
  return { layers: all, made };
}

/** The bytecode of one layer as entries: of an interpreter, whose layer has its own. */
export async function compileEntries(
  run: BuildRun,
  interpreter: Interpreter,
  layer: CompiledFrom,
): Promise<readonly LayerEntry[]> {
  await compile(run, interpreter, [layer]);
  return listCompiled(outputOf(run, interpreter, layer));
}

type CompiledFrom = Pick<ArtifactLayer, "identity" | "path" | "size" | "files">;

/** Of one interpreter alone: the next target may have the same layer. */
function outputOf(
  run: BuildRun,
  { abi }: Interpreter,
  { identity }: Pick<ArtifactLayer, "identity">,
): string {
  return join(run.work, "bytecode", abi, identity.slice("sha256:".length));
}

async function compile(
  run: BuildRun,
  interpreter: Interpreter,
  layers: readonly CompiledFrom[],
): Promise<void> {
  const largestFirst = layers.toSorted((a, b) => b.size - a.size);
  const jobs = largestFirst.flatMap((layer) => {
    const parts = Math.min(MAX_PARTS, Math.ceil(layer.files / PART_FILES));
    const job = { layer: layer.path, output: outputOf(run, interpreter, layer), parts };
    return Array.from({ length: parts }, (_, part) => JSON.stringify({ ...job, part }));
  });
  const { status, stderr } = await runProcess([interpreter.executable, "-s", "-S", "-B", COMPILE], {
    env: COMPILE_ENVIRONMENT,
    input: `${jobs.join("\n")}\n`,
    signal: run.signal,
  });
  if (status !== 0) throw new Error(`the bytecode compiler ended with ${status}: ${stderr.slice(-2000)}`);
}

async function packBytecode(run: BuildRun, interpreter: Interpreter, layer: ArtifactLayer, key: string) {
  const output = outputOf(run, interpreter, layer);
  const entries = await listCompiled(output);
  const facts = { scripts: {}, isNative: false, floor: undefined };
  if (entries.length === 0) {
    await rememberLayer(run, "bytecode", key, { layer: undefined, ...facts });
    return { layer: undefined };
  }
  const written = await writeLayer(entries, layerDirectory(run), { kind: "bytecode" });
  const { name, version, identity } = layer;
  const made = { ...written, name, version, of: identity };
  await rememberLayer(run, "bytecode", key, { layer: made, ...facts });
  return { layer: made };
}

async function listCompiled(output: string): Promise<LayerEntry[]> {
  const found = await readdir(output, { recursive: true, withFileTypes: true }).catch(undefinedIfMissing);
  const files = (found ?? [])
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
  // Its name is longer than that of its source: Python does without it.
  const fitting = files.filter((file) => fitsHeader(file.slice(output.length + 1)));
  return fitting.map((file) => ({
    kind: "file" as const,
    path: file.slice(output.length + 1),
    isExecutable: false,
    content: { file, size: statSync(file).size },
  }));
}
