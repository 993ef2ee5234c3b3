import { readFileSync, statSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { writeLayer } from "../../artifact/layer.ts";
import { fromBytes } from "../../artifact/source.ts";
import type { LayerEntry } from "../../artifact/tar.ts";
import type { ArtifactLayer } from "../../artifact/write-artifact.ts";
import { runProcess } from "../../system/run-process.ts";
import { type BuildRun, reportStep } from "../build-run.ts";
import { compileEntries } from "../bytecode.ts";
import { parseElf } from "../elf/elf.ts";
import { trimElf, withLibraryPath } from "../elf/elf-edit.ts";
import { compareVersions, newestVersion } from "../elf/libc-floor.ts";
import { cacheKey, findCachedLayer, layerDirectory, rememberLayer } from "../layer-cache.ts";
import type { Interpreter } from "../python/interpreter.ts";
import { type PlannedFile, type PlannedInterpreter, planInterpreter, unusable } from "./plan-interpreter.ts";
import { withoutBuildPlaces } from "./standard-library.ts";

/** Goes into the keys of the cache: to be raised when the same files give another layer. */
const PACK_VERSION = 3;

/** Where programs and libraries inside find libraries: beside the standard library. */
const LIBRARY_PATH = "$ORIGIN/../lib";

/** What the launcher needs, and what applications take for granted. */
const CHECK =
  "import ctypes, hashlib, json, lzma, sqlite3, ssl, uuid, zlib, concurrent.futures, multiprocessing";

export interface PackedInterpreter {
  readonly layer: ArtifactLayer;
  readonly isMade: boolean;
  /** For the machine that a target is for: see machineOf. */
  readonly isNative: true;
  readonly floor: string | undefined;
}

/**
 * The layer that makes an artifact independent of the host's Python: an interpreter of this machine, made independent of
 * where it was installed. docs/building.md, "The interpreter inside".
 *
 * @throws AppError `interpreter_unusable`.
 */
export async function packInterpreter(run: BuildRun, interpreter: Interpreter): Promise<PackedInterpreter> {
  const planned = planInterpreter(interpreter);
  const key = cacheKey([PACK_VERSION, interpreter.build, planned.files.map(fingerprint)]);
  const known = findCachedLayer(run, "insides", key);
  if (known?.layer !== undefined) {
    return { layer: known.layer, isMade: false, isNative: true, floor: known.floor };
  }
  const subject = `Python ${interpreter.fullVersion}`;
  return reportStep(run, "pack-interpreter", { subject }, async () => {
    const { entries, glibc } = makeEntries(planned);
    const floor = interpreter.libc?.kind === "musl" ? interpreter.libc.version : glibc;
    const bare = await writeLayer(entries, join(run.work, "interpreter"), { kind: "interpreter" });
    const bytecode = await compileEntries(run, interpreter, bare);
    const written = await writeLayer([...entries, ...bytecode], layerDirectory(run), { kind: "interpreter" });
    await checkRuns(run, written.path, planned, interpreter);
    const layer = { ...written, name: "cpython", version: interpreter.fullVersion };
    await rememberLayer(run, "insides", key, { layer, scripts: {}, isNative: true, floor });
    return { layer, isMade: true, isNative: true, floor };
  });
}

/** What tells a file from the one that an upgrade puts in its place. */
function fingerprint({ path, file }: PlannedFile): readonly unknown[] {
  const { size, mtimeMs, ino } = statSync(file);
  return [path, size, mtimeMs, ino];
}

function makeEntries({ files, program, prefix }: PlannedInterpreter): {
  readonly entries: readonly LayerEntry[];
  readonly glibc: string | undefined;
} {
  const entries: LayerEntry[] = [];
  const versions: string[] = [];
  // Last: what the interpreter needs itself decides on which machines it runs, and nothing else may make them fewer.
  const expected = files.filter(({ kind }) => kind === "expected");
  for (const { path, file, kind } of [...files.filter((one) => !expected.includes(one)), ...expected]) {
    if (kind === "other") {
      entries.push({ kind: "file", path, isExecutable: false, content: contentOf(path, file, prefix) });
      continue;
    }
    const bytes = withLibraryPath(trimElf(readFileSync(file)), kind === "program" ? LIBRARY_PATH : undefined);
    if (bytes === undefined) throw unusable(file, "its tables have no room for the search path of libraries");
    const needed = parseElf(bytes)?.glibc ?? [];
    if (kind === "expected" && isNewer(newestVersion(needed), newestVersion(versions))) continue;
    versions.push(...needed);
    entries.push({ kind: "file", path, isExecutable: kind === "program", content: fromBytes(bytes) });
  }
  // From 3.11 on, Python looks for a directory that has this file, upwards to `/`, before it looks for its library: it has
  // to find one here, and not what somebody else has put into /tmp/lib. That it is no archive does not matter.
  const archive = `python/lib/${program.replaceAll(".", "")}.zip`;
  entries.push({ kind: "file", path: archive, isExecutable: false, content: fromBytes(Buffer.alloc(0)) });
  for (const name of ["python", "python3"]) {
    entries.push({ kind: "link", path: `python/bin/${name}`, target: program });
  }
  return { entries, glibc: newestVersion(versions) };
}

function isNewer(one = "0", other = "0"): boolean {
  return compareVersions(one, other) > 0;
}

function contentOf(path: string, file: string, prefix: string) {
  if (!/\/_sysconfigdata[^/]*\.py$/.test(path)) return { file, size: statSync(file).size };
  return fromBytes(Buffer.from(withoutBuildPlaces(readFileSync(file, "utf8"), prefix)));
}

/** Unpacks it as a host will and runs it, so that what cannot run is not found out there. */
async function checkRuns(
  run: BuildRun,
  layer: string,
  { program }: PlannedInterpreter,
  { realPath, abi }: Interpreter,
): Promise<void> {
  const directory = join(run.work, `inside-${abi}`);
  await mkdir(directory);
  const { env, signal } = run;
  const tar = await runProcess(["tar", "-xzf", layer, "-C", directory], { env, signal });
  if (tar.status !== 0) throw new Error(`tar ended with ${tar.status}: ${tar.stderr}`);
  const { status, stderr } = await runProcess(
    [join(directory, "python/bin", program), "-I", "-S", "-B", "-c", CHECK],
    { env: { LC_ALL: "C.UTF-8" }, signal },
  );
  if (status === 0) return;
  const [last = "it ended without a word"] = stderr.trim().split("\n").slice(-1);
  throw unusable(realPath, `its copy does not run (${last})`);
}
