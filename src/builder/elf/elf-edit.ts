import { DT, ElfView, listDynamicEntries, listSegments, offsetOf, PT, type Segment } from "./elf-view.ts";

/**
 * Without what no loader reads: symbols for debuggers, notes of the compiler, the table of sections. It is what `strip`
 * takes away and a little more, and the same bytes on every machine.
 *
 * @param bytes - a whole ELF file.
 */
export function trimElf(bytes: Uint8Array): Buffer {
  const view = new ElfView(bytes);
  const segments = listSegments(view);
  const end = Math.max(...segments.map(({ offset, size }) => offset + size));
  const trimmed = Buffer.from(bytes.subarray(0, end));
  // Offset of the table of sections, its size, and which of them has names.
  const [table, counts] = view.is64 ? [40, 60] : [32, 48];
  trimmed.fill(0, table, table + view.wordSize);
  trimmed.fill(0, counts, counts + 4);
  return trimmed;
}

/**
 * The same program or library with another search path for libraries; without one when it is undefined.
 *
 * The path becomes a DT_RPATH, not a DT_RUNPATH: that of a program also holds for what it loads later, and comes before
 * LD_LIBRARY_PATH. The text goes behind the end of the file, with a copy of all the other names, as a segment of its
 * own; its header takes the place of a note's. docs/decisions/0008-libraries-of-the-interpreter-inside.md.
 *
 * @param bytes - a whole ELF file with a dynamic section.
 * @returns undefined when there is no room for it in the file's tables.
 */
export function withLibraryPath(bytes: Uint8Array, path: string | undefined): Buffer | undefined {
  const edited = withoutLibraryPath(bytes);
  if (path === undefined) return edited;
  const view = new ElfView(edited);
  const segments = listSegments(view);
  const entries = listDynamicEntries(view, segments);
  const [strings, size] = [DT.strings, DT.stringsSize].map((tag) => entries.find((one) => one.tag === tag));
  const stringsAt = offsetOf(segments, strings?.value);
  const header = segments.findLast(({ type }) => type === PT.note);
  const spare = findSpareEntry(view, segments, entries.length);
  if (!strings || !size || stringsAt === undefined || !header || spare === undefined) return undefined;

  const names = Buffer.concat([edited.subarray(stringsAt, stringsAt + size.value), Buffer.from(`${path}\0`)]);
  const offset = roundUp(edited.length, view.wordSize);
  const loaded = segments.filter(({ type }) => type === PT.load);
  const alignment = Math.max(...loaded.map((segment) => segment.alignment));
  const address =
    roundUp(Math.max(...loaded.map((one) => one.address + one.span)), alignment) + (offset % alignment);
  writeDynamic(edited, view, strings.at, DT.strings, address);
  writeDynamic(edited, view, size.at, DT.stringsSize, names.length);
  writeDynamic(edited, view, spare, DT.rpath, size.value);
  writeSegment(edited, view, {
    ...header,
    offset,
    address,
    size: names.length,
    span: names.length,
    alignment,
  });
  return Buffer.concat([edited, Buffer.alloc(offset - edited.length), names]);
}

/** The entries that follow move up: what comes after the end of the table is spare. */
function withoutLibraryPath(bytes: Uint8Array): Buffer {
  const edited = Buffer.from(bytes);
  const view = new ElfView(edited);
  const entries = listDynamicEntries(view, listSegments(view));
  const kept = entries.filter(({ tag }) => tag !== DT.rpath && tag !== DT.runpath);
  for (const [index, { at }] of entries.entries()) {
    const { tag, value } = kept[index] ?? { tag: DT.end, value: 0 };
    writeDynamic(edited, view, at, tag, value);
  }
  return edited;
}

/** Where one more entry fits before the one that ends the table. Linkers leave some room there. */
function findSpareEntry(view: ElfView, segments: readonly Segment[], count: number): number | undefined {
  const dynamic = segments.find(({ type }) => type === PT.dynamic);
  const entrySize = 2 * view.wordSize;
  return dynamic === undefined || (count + 2) * entrySize > dynamic.size
    ? undefined
    : dynamic.offset + count * entrySize;
}

function writeDynamic(bytes: Buffer, view: ElfView, at: number, tag: number, value: number): void {
  view.write(bytes, at, tag);
  view.write(bytes, at + view.wordSize, value);
}

const READABLE = 4;

function writeSegment(bytes: Buffer, view: ElfView, segment: Segment): void {
  const { at, offset, address, size, span, alignment } = segment;
  view.writeInt(bytes, at, PT.load);
  view.writeInt(bytes, view.is64 ? at + 4 : at + 24, READABLE);
  const first = view.is64 ? at + 8 : at + 4;
  for (const [index, value] of [offset, address, address, size, span].entries()) {
    view.write(bytes, first + index * view.wordSize, value);
  }
  if (view.is64) view.write(bytes, at + 48, alignment);
  else view.writeInt(bytes, at + 28, alignment);
}

function roundUp(value: number, step: number): number {
  return Math.ceil(value / step) * step;
}
