import { existsSync, readdirSync, statSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { AppError } from "../../errors/app-error.ts";
import type { Interpreter } from "../python/interpreter.ts";
import { LibraryFinder } from "./library-finder.ts";
import { isKept } from "./standard-library.ts";

/** A file of this machine, and where in the layer it goes. */
export interface PlannedFile {
  readonly path: string;
  readonly file: string;
  /** `expected`: a library that the interpreter itself does not need. */
  readonly kind: "program" | "library" | "expected" | "other";
}

export interface PlannedInterpreter {
  /** `python3.11`: in `python/bin` of the layer. */
  readonly program: string;
  /** Of the installation that the files are taken from. */
  readonly prefix: string;
  readonly files: readonly PlannedFile[];
}

/** What wheels with machine code may expect of every host (PEP 600), and the smallest hosts do not have. */
const EXPECTED_BY_WHEELS = ["libgcc_s.so.1", "libstdc++.so.6", "libz.so.1", "libexpat.so.1"];

/**
 * What goes into an artifact of an interpreter of this machine: the program, its standard library, and the shared
 * libraries that both lean on. Reads, and changes nothing.
 *
 * @throws AppError `interpreter_unusable`.
 */
export function planInterpreter({ realPath, version, abi }: Interpreter): PlannedInterpreter {
  const program = `python${version}${abi.endsWith("t") ? "t" : ""}`;
  const standardLibrary = findStandardLibrary(realPath, program);
  if (standardLibrary === undefined) {
    throw unusable(realPath, "its standard library is not where it would look for it");
  }
  const { prefix, directory } = standardLibrary;
  const finder = new LibraryFinder();
  const libraries = new Map(finder.findLibraries(realPath)?.map(({ name, path }) => [name, path]));
  if (finder.findLibraries(realPath) === undefined) {
    throw unusable(realPath, "a library that it needs is missing");
  }
  const files: PlannedFile[] = [{ path: `python/bin/${program}`, file: realPath, kind: "program" }];
  for (const name of listFiles(directory).filter(isKept)) {
    const file = join(directory, name);
    const path = `python/${relative(prefix, directory)}/${name}`;
    if (!name.startsWith("lib-dynload/")) {
      files.push({ path, file, kind: "other" });
      continue;
    }
    const needed = finder.findLibraries(file);
    if (needed === undefined) continue; // it cannot be imported on this machine either
    for (const { name, path } of needed) libraries.set(name, path);
    files.push({ path, file, kind: "library" });
  }
  for (const [name, file] of libraries) files.push({ path: `python/lib/${name}`, file, kind: "library" });
  for (const name of EXPECTED_BY_WHEELS.filter((name) => !libraries.has(name))) {
    const file = finder.findByName(name, realPath);
    if (file !== undefined) files.push({ path: `python/lib/${name}`, file, kind: "expected" });
  }
  return { program, prefix, files };
}

export function unusable(path: string, reason: string): AppError {
  return new AppError({
    code: "interpreter_unusable",
    message: `cannot put ${path} inside: ${reason}`,
    hint: "Name another Python with `--python`, or build without `--with-python`.",
    details: { path },
  });
}

/** As Python itself finds it: from the program's directory upwards. Fedora's is below lib64. */
function findStandardLibrary(
  realPath: string,
  program: string,
): { readonly prefix: string; readonly directory: string } | undefined {
  for (let prefix = dirname(realPath); prefix !== dirname(prefix); prefix = dirname(prefix)) {
    const directory = ["lib", "lib64"]
      .map((name) => join(prefix, name, program))
      .find((candidate) => existsSync(join(candidate, "os.py")));
    if (directory !== undefined) return { prefix, directory };
  }
  return undefined;
}

/** Files below a directory, links to files too, by their paths in it. */
function listFiles(directory: string): string[] {
  return readdirSync(directory, { recursive: true, withFileTypes: true })
    .map((entry) => ({ entry, path: join(entry.parentPath, entry.name) }))
    .filter(
      ({ entry, path }) =>
        entry.isFile() || (entry.isSymbolicLink() && statSync(path, { throwIfNoEntry: false })?.isFile()),
    )
    .map(({ path }) => relative(directory, path))
    .sort();
}
