/** Types of segments and tags of the dynamic section: System V ABI, "Program Loading and Dynamic Linking". */
export const PT = { load: 1, dynamic: 2, note: 4 } as const;
export const DT = {
  end: 0,
  needed: 1,
  strings: 5,
  stringsSize: 10,
  rpath: 15,
  runpath: 29,
  versions: 0x6ffffffe,
  versionCount: 0x6fffffff,
} as const;

/** Longer than any name of a library or version, and than any search path that people write. */
const MAX_NAME = 4096;

export function isElf(bytes: Uint8Array): boolean {
  return (
    bytes.length >= 52 && Buffer.from(bytes.buffer, bytes.byteOffset, 4).toString("latin1") === "\x7fELF"
  );
}

export interface Segment {
  readonly type: number;
  readonly offset: number;
  readonly address: number;
  /** Bytes in the file. */
  readonly size: number;
  /** Bytes in memory. */
  readonly span: number;
  readonly alignment: number;
  /** Of its header in the file. */
  readonly at: number;
}

export interface DynamicEntry {
  readonly tag: number;
  readonly value: number;
  readonly at: number;
}

export function listSegments(view: ElfView): readonly Segment[] {
  const [table, size, count] = view.is64
    ? [view.word(32), view.half(54), view.half(56)]
    : [view.word(28), view.half(42), view.half(44)];
  return Array.from({ length: count }, (_, index) => {
    const at = table + index * size;
    // After the type, a 64-bit header has the flags first, a 32-bit one the offset.
    const first = view.is64 ? at + 8 : at + 4;
    const word = (place: number) => view.word(first + place * view.wordSize);
    const alignment = view.is64 ? word(5) : view.int(at + 28);
    return {
      type: view.int(at),
      offset: word(0),
      address: word(1),
      size: word(3),
      span: word(4),
      alignment,
      at,
    };
  });
}

/** The dynamic section up to its end, without the entry that marks it. */
export function listDynamicEntries(view: ElfView, segments: readonly Segment[]): readonly DynamicEntry[] {
  const dynamic = segments.find(({ type }) => type === PT.dynamic);
  if (dynamic === undefined) return [];
  const entries: DynamicEntry[] = [];
  for (let at = dynamic.offset; at < dynamic.offset + dynamic.size; at += 2 * view.wordSize) {
    const tag = view.word(at);
    if (tag === DT.end) break;
    entries.push({ tag, value: view.word(at + view.wordSize), at });
  }
  return entries;
}

/** Where in the file an address of the running program is; undefined when no segment has it. */
export function offsetOf(segments: readonly Segment[], address: number | undefined): number | undefined {
  if (address === undefined) return undefined;
  const segment = segments.find(
    ({ type, address: start, size }) => type === PT.load && address >= start && address < start + size,
  );
  return segment === undefined ? undefined : segment.offset + address - segment.address;
}

/** Numbers of either byte order and word size. Reading beyond the end is a RangeError. */
export class ElfView {
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

  /** Writes into a file of this kind. */
  writeInt(bytes: Buffer, at: number, value: number): void {
    if (this.#isLittle) bytes.writeUInt32LE(value, at);
    else bytes.writeUInt32BE(value, at);
  }

  write(bytes: Buffer, at: number, value: number): void {
    if (!this.is64) this.writeInt(bytes, at, value);
    else if (this.#isLittle) bytes.writeBigUInt64LE(BigInt(value), at);
    else bytes.writeBigUInt64BE(BigInt(value), at);
  }

  text(at: number): string {
    const end = this.#bytes.indexOf(0, at);
    return Buffer.from(this.#bytes.subarray(at, end === -1 ? at : Math.min(end, at + MAX_NAME))).toString(
      "latin1",
    );
  }
}
