import { mkdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { deflateSync } from "node:zlib";
import * as v from "valibot";
import { undefinedIfMissing } from "../system/file-errors.ts";
import { PACKAGE_ROOT } from "../system/package-root.ts";
import { runProcess } from "../system/run-process.ts";
import { writeFileAtomic } from "../system/write-file.ts";
import type { BuildRun } from "./build-run.ts";
import { cacheKey } from "./layer-cache.ts";
import type { Interpreter } from "./python/interpreter.ts";

const COMPILE = join(PACKAGE_ROOT, "support/build/compile_support.py");
/** Goes into the keys of the cache: to be raised when compile_support.py or asMember() makes other bytes. */
const COMPILE_VERSION = 2;
/** All that the compiler sees: neither the user's locale nor variables for Python change a byte. */
const COMPILE_ENVIRONMENT = { LC_ALL: "C.UTF-8", PYTHONHASHSEED: "0" };
const MembersSchema = v.record(v.string(), v.string());

/**
 * The members that spare a first start the compiling of the program inside, for each of the interpreters: from the
 * cache or compiled now. A start works without them.
 */
export async function compileSupport(
  run: BuildRun,
  interpreters: readonly Interpreter[],
  support: Readonly<Record<string, Uint8Array>>,
): Promise<Record<string, Uint8Array>> {
  const sources = Object.entries(support).map(([name, bytes]) => [name, Buffer.from(bytes).toString("utf8")]);
  const input = JSON.stringify(Object.fromEntries(sources));
  const members: Record<string, Uint8Array> = {};
  for (const interpreter of interpreters) {
    const { fullVersion, build, abi, magic } = interpreter;
    const key = cacheKey([COMPILE_VERSION, input, abi, magic, fullVersion, build]);
    const path = join(run.cache, "support", `${key}.json`);
    const known = parseMembers(await readFile(path, "utf8").catch(undefinedIfMissing));
    const made = known ?? (await compile(run, interpreter, { input, path }));
    for (const [name, text] of Object.entries(made)) members[name] ??= Buffer.from(text, "base64");
  }
  return members;
}

/** The start reads modules of the program as one zlib stream (RFC 1950), whose checksum it relies on. In base64. */
function asMember(name: string, text: string): string {
  if (!name.startsWith("bytecode/")) return text;
  return deflateSync(Buffer.from(text, "base64"), { level: 9 }).toString("base64");
}

async function compile(
  run: BuildRun,
  { executable }: Interpreter,
  { input, path }: { readonly input: string; readonly path: string },
): Promise<Record<string, string>> {
  const { status, stdout, stderr } = await runProcess([executable, "-s", "-S", "-B", COMPILE], {
    env: COMPILE_ENVIRONMENT,
    input,
    signal: run.signal,
  });
  const compiled = parseMembers(stdout);
  if (status !== 0 || compiled === undefined)
    throw new Error(`the compiler of the program inside ended with ${status}: ${stderr.slice(-2000)}`);
  const made = Object.fromEntries(
    Object.entries(compiled).map(([name, text]) => [name, asMember(name, text)]),
  );
  await mkdir(join(run.cache, "support"), { recursive: true });
  await writeFileAtomic(path, JSON.stringify(made), { isSynced: false });
  return made;
}

function parseMembers(text: string | undefined): Record<string, string> | undefined {
  try {
    return v.parse(MembersSchema, JSON.parse(text ?? ""));
  } catch {
    return undefined; // not there, cut short, or of another version of holdall
  }
}
