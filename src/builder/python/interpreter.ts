import { mkdir, readFile, realpath, stat } from "node:fs/promises";
import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import * as v from "valibot";
import { undefinedIfMissing } from "../../system/file-errors.ts";
import { PACKAGE_ROOT } from "../../system/package-root.ts";
import { runProcess } from "../../system/run-process.ts";
import { writeFileAtomic } from "../../system/write-file.ts";
import type { BuildRun } from "../build-run.ts";
import { cacheKey } from "../layer-cache.ts";

const InterpreterSchema = v.object({
  /** To start it with; of a virtual environment, the one that it was made with. */
  executable: v.string(),
  realPath: v.string(),
  /** Major and minor. */
  version: v.string(),
  fullVersion: v.string(),
  /** `sys.version`: tells builds of one version apart. */
  build: v.string(),
  implementation: v.string(),
  abi: v.string(),
  cacheTag: v.nullable(v.string()),
  magic: v.string(),
  processor: v.string(),
  libc: v.nullable(v.object({ kind: v.picklist(["glibc", "musl"]), version: v.string() })),
  /** The environment of PEP 508 markers. */
  markers: v.record(v.string(), v.string()),
  /** Names at the top of its standard library. */
  standardModules: v.array(v.string()),
});

/** An interpreter of this machine, as support/build/probe.py saw it from inside. */
export type Interpreter = Readonly<v.InferOutput<typeof InterpreterSchema>>;

const PROBE = join(PACKAGE_ROOT, "support/build/probe.py");
const TIMEOUT_MS = 20_000;

/** @returns undefined when the file is no Python 3 that runs; what it printed is of no use to anybody. */
export async function probeInterpreter(run: BuildRun, path: string): Promise<Interpreter | undefined> {
  const memory = await memoryOf(run, path);
  const known = memory && parseProbe(await readFile(memory.place, "utf8").catch(undefinedIfMissing));
  if (memory === undefined || known === undefined) return probe(run, path, memory?.place);
  // A binary is what it was. Shims, of pyenv or mise, choose an interpreter anew each time.
  if (known.realPath === memory.realPath) return known;
  if (run.assumptions === undefined) return probe(run, path, memory.place);
  const asking = probe(run, path, memory.place).then((found) => isDeepStrictEqual(found, known));
  asking.catch(() => {}); // is thrown where it is awaited
  run.assumptions.push(asking);
  return known;
}

async function probe(
  run: BuildRun,
  path: string,
  place: string | undefined,
): Promise<Interpreter | undefined> {
  const timeout = AbortSignal.timeout(TIMEOUT_MS);
  const signal = run.signal === undefined ? timeout : AbortSignal.any([run.signal, timeout]);
  const result = await runProcess([path, "-I", "-S", "-B", PROBE], {
    env: run.env,
    cwd: run.directory,
    signal,
  }).catch(
    () => undefined, // not executable, of another processor, or it hangs: not an interpreter for us
  );
  run.signal?.throwIfAborted();
  const found = result?.status === 0 ? parseProbe(result.stdout) : undefined;
  if (found !== undefined && place !== undefined) {
    await writeFileAtomic(place, JSON.stringify(found), { isSynced: false });
  }
  return found;
}

/** @returns undefined when the text is not the answer of a probe. */
function parseProbe(text: string | undefined): Interpreter | undefined {
  if (text === undefined) return undefined;
  try {
    return v.parse(InterpreterSchema, JSON.parse(text));
  } catch {
    return undefined; // a program that prints other things, or a memory that was cut short
  }
}

/** The file that remembers a probe: named after all that tells this program from the one that an upgrade puts there. */
async function memoryOf(
  run: BuildRun,
  path: string,
): Promise<{ readonly place: string; readonly realPath: string } | undefined> {
  const real = await realpath(path).catch(undefinedIfMissing);
  if (real === undefined) return undefined;
  const { size, mtimeMs, ino } = await stat(real);
  const question = await readFile(PROBE, "utf8");
  const key = cacheKey([path, real, size, mtimeMs, ino, question]);
  await mkdir(join(run.cache, "interpreters"), { recursive: true });
  return { place: join(run.cache, "interpreters", `${key}.json`), realPath: real };
}
