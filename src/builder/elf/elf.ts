import { DT, ElfView, isElf, listDynamicEntries, listSegments, offsetOf } from "./elf-view.ts";

/** What a machine must have to load a file, as its ELF headers say. */
export interface Elf {
  /** As `uname -m` has it; `e_machine` as a number for processors that nobody builds wheels for. */
  readonly processor: string;
  /** glibc versions whose symbols it needs, such as `2.17`; in any order, with repetitions. */
  readonly glibc: readonly string[];
  /** Libraries by name, or by path when it has a slash. */
  readonly needed: readonly string[];
  /** Where it has them looked for, `$ORIGIN` and all; empty when it does not say. */
  readonly searchPath: readonly string[];
}

/** e_machine and word size to `uname -m`. */
const PROCESSORS: Readonly<Record<string, string>> = {
  "62/64": "x86_64",
  "183/64": "aarch64",
  "3/32": "i686",
  "40/32": "armv7l",
  "21/64": "ppc64le",
  "22/64": "s390x",
  "243/64": "riscv64",
  "258/64": "loongarch64",
};

/** Symbols that carry a name instead of a version, and the version in which they came. */
const NAMED_VERSIONS: Readonly<Record<string, string>> = { ABI_DT_RELR: "2.36", ABI_GNU2_TLS: "2.42" };

/**
 * Reads the program headers, which every loader needs, not the section headers, which `strip` may take away.
 * System V ABI, "Program Loading and Dynamic Linking"; Linux Standard Base, "Symbol Versioning".
 *
 * @param bytes - a whole file; untrusted.
 * @returns undefined when it is no ELF file. One that is cut short tells what it can.
 */
export function parseElf(bytes: Uint8Array): Elf | undefined {
  if (!isElf(bytes)) return undefined;
  const view = new ElfView(bytes);
  const machine = view.half(18);
  const processor = PROCESSORS[`${machine}/${view.is64 ? 64 : 32}`] ?? String(machine);
  try {
    return { processor, ...readDynamic(view) };
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    return { processor, glibc: [], needed: [], searchPath: [] }; // cut short: no loader takes it either
  }
}

function readDynamic(view: ElfView): Omit<Elf, "processor"> {
  const segments = listSegments(view);
  const entries = listDynamicEntries(view, segments);
  const find = (tag: number) => entries.find((entry) => entry.tag === tag)?.value;
  const strings = offsetOf(segments, find(DT.strings));
  if (strings === undefined) return { glibc: [], needed: [], searchPath: [] };
  const text = (name: number) => view.text(strings + name);
  const path = find(DT.runpath) ?? find(DT.rpath);
  const versions = offsetOf(segments, find(DT.versions));
  const names = versions === undefined ? [] : [...walkNeeds(view, versions, find(DT.versionCount) ?? 0)];
  return {
    glibc: listGlibcVersions(names.map(text)),
    needed: entries.filter(({ tag }) => tag === DT.needed).map(({ value }) => text(value)),
    searchPath: path === undefined ? [] : text(path).split(":").filter(Boolean),
  };
}

function listGlibcVersions(names: readonly string[]): string[] {
  return names
    .filter((name) => name.startsWith("GLIBC_"))
    .map((name) => name.slice("GLIBC_".length))
    .map((version) => NAMED_VERSIONS[version] ?? version)
    .filter((version) => /^\d+\.\d+(\.\d+)?$/.test(version));
}

/** Offsets of the version names in the string table: a list of libraries, each with a list of versions. */
function* walkNeeds(view: ElfView, start: number, count: number): Generator<number> {
  let library = start;
  for (let index = 0; index < count; index++) {
    let version = library + view.int(library + 8);
    for (let left = view.half(library + 2); left > 0; left--) {
      yield view.int(version + 8);
      version += view.int(version + 12);
    }
    library += view.int(library + 12);
  }
}
