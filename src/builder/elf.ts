/** What a machine must have to load a file, as its ELF headers say. */
export interface Elf {
  /** As `uname -m` has it; `e_machine` as a number for processors that nobody builds wheels for. */
  readonly processor: string;
  /** glibc versions whose symbols it needs, such as `2.17`; in any order, with repetitions. */
  readonly glibc: readonly string[];
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

const PT_LOAD = 1;
const PT_DYNAMIC = 2;
const DT_STRTAB = 5;
const DT_VERNEED = 0x6ffffffe;
const DT_VERNEEDNUM = 0x6fffffff;
const MAX_NAME = 200;
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
  if (bytes.length < 52 || Buffer.from(bytes.buffer, bytes.byteOffset, 4).toString("latin1") !== "\x7fELF") {
    return undefined;
  }
  const view = new ElfView(bytes);
  const machine = view.half(18);
  const processor = PROCESSORS[`${machine}/${view.is64 ? 64 : 32}`] ?? String(machine);
  try {
    return { processor, glibc: listGlibcVersions(view) };
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    return { processor, glibc: [] }; // cut short: no loader takes it either
  }
}

function listGlibcVersions(view: ElfView): string[] {
  const segments = listSegments(view);
  const dynamic = segments.find(({ type }) => type === PT_DYNAMIC);
  if (dynamic === undefined) return [];
  const tags = new Map<number, number>();
  for (let at = dynamic.offset; at < dynamic.offset + dynamic.size; at += 2 * view.wordSize) {
    const tag = view.word(at);
    if (tag === 0) break;
    tags.set(tag, view.word(at + view.wordSize));
  }
  const offsetOf = (tag: number) => {
    const address = tags.get(tag);
    const segment = segments.find(
      ({ type, address: start, size }) =>
        type === PT_LOAD && address !== undefined && address >= start && address < start + size,
    );
    return segment === undefined || address === undefined
      ? undefined
      : segment.offset + address - segment.address;
  };
  const [strings, needs] = [offsetOf(DT_STRTAB), offsetOf(DT_VERNEED)];
  if (strings === undefined || needs === undefined) return [];
  return [...walkNeeds(view, needs, tags.get(DT_VERNEEDNUM) ?? 0)]
    .map((name) => view.text(strings + name))
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

function listSegments(view: ElfView) {
  const [table, size, count] = view.is64
    ? [view.word(32), view.half(54), view.half(56)]
    : [view.word(28), view.half(42), view.half(44)];
  return Array.from({ length: count }, (_, index) => {
    const at = table + index * size;
    return view.is64
      ? {
          type: view.int(at),
          offset: view.word(at + 8),
          address: view.word(at + 16),
          size: view.word(at + 32),
        }
      : {
          type: view.int(at),
          offset: view.word(at + 4),
          address: view.word(at + 8),
          size: view.word(at + 16),
        };
  });
}

/** Numbers of either byte order and word size. Reading beyond the end is a RangeError. */
class ElfView {
  readonly is64: boolean;
  readonly wordSize: number;
  readonly #isLittle: boolean;
  readonly #view: DataView;
  readonly #bytes: Uint8Array;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.is64 = bytes[4] === 2;
    this.wordSize = this.is64 ? 8 : 4;
    this.#isLittle = bytes[5] !== 2;
  }

  half = (at: number) => this.#view.getUint16(at, this.#isLittle);
  int = (at: number) => this.#view.getUint32(at, this.#isLittle);
  /** Above 2^53 it is rounded: such an offset is beyond the end of any file. */
  word = (at: number) => (this.is64 ? Number(this.#view.getBigUint64(at, this.#isLittle)) : this.int(at));

  text(at: number): string {
    const end = this.#bytes.indexOf(0, at);
    return Buffer.from(this.#bytes.subarray(at, end === -1 ? at : Math.min(end, at + MAX_NAME))).toString(
      "latin1",
    );
  }
}
