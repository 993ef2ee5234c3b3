import { BrokenRule, quote, Unsupported } from "./broken-rule.ts";
import { compareBytes } from "./byte-order.ts";
import { MAX_FILE_SIZE, MAX_MEMBERS, MAX_NAME_LENGTH } from "./limits.ts";

/** A member as the archive's headers have it. The bytes follow its local header. */
export interface Member {
  readonly name: string;
  readonly size: number;
  readonly crc32: number;
}

export interface PlacedMember extends Member {
  /** Of its local header, from the first byte of the file. */
  readonly headerOffset: number;
  /** Of its bytes. */
  readonly offset: number;
}

export const MANIFEST_NAME = "manifest.json";
const SIGNATURE_NAME = "manifest.sig";
export const PREFIX_NAME = "prefix";
export const END_SIZE = 22;

const LOCAL_HEADER_SIZE = 30;
const CENTRAL_HEADER_SIZE = 46;
export const MAX_DIRECTORY_SIZE = MAX_MEMBERS * (CENTRAL_HEADER_SIZE + MAX_NAME_LENGTH);
const VERSION = 10;
const MADE_BY_UNIX = 0x0314;
/** 1980-01-01, the first day that the format knows. */
const DATE = 0x0021;
const REGULAR_FILE = 0x81a4_0000; // 0o100644 in the upper half

const NAME = /^[A-Za-z0-9._/-]{1,200}$/;

/**
 * @param names - in the order of the archive; `manifest.json` comes first.
 * @throws BrokenRule for a name, an order or a number of members that the format does not have.
 */
export function checkMemberNames(names: readonly string[]): void {
  const [first, ...others] = names;
  if (first !== MANIFEST_NAME) throw new BrokenRule(`its first member is not ${MANIFEST_NAME}`);
  if (names.length > MAX_MEMBERS) throw new BrokenRule(`it has more than ${MAX_MEMBERS} members`);
  const seen = new Set([MANIFEST_NAME, PREFIX_NAME]); // the open form has a file named prefix
  let previous = "";
  for (const name of others) {
    const parts = name.split("/");
    if (!NAME.test(name) || parts.some((part) => part === "" || part === "." || part === "..")) {
      throw new BrokenRule(`${quote(name)} cannot be a member's name`);
    }
    if (seen.has(name)) throw new BrokenRule(`it has two members named ${name}, or the name is taken`);
    if (compareBytes(previous, name) > 0) throw new BrokenRule(`member ${name} is not in order`);
    const file = parts.map((_, index) => parts.slice(0, index).join("/")).find((above) => seen.has(above));
    if (file !== undefined) throw new BrokenRule(`member ${name} is below ${file}, which is a file`);
    seen.add(name);
    previous = name;
  }
}

/**
 * Said before any other rule, as a later format may have other rules for them.
 * @throws Unsupported for names that are reserved.
 */
export function checkReserved(names: readonly string[]): void {
  const reserved = names.find(
    (name) => name === SIGNATURE_NAME || /^layers\/[0-9a-f]{64}\.tar\.zst$/.test(name),
  );
  if (reserved !== undefined)
    throw new Unsupported(`it has the member ${reserved}, which this holdall cannot check`);
}

export function renderLocalHeader({ name, size, crc32 }: Member): Buffer {
  const header = Buffer.alloc(LOCAL_HEADER_SIZE + name.length);
  header.writeUInt32LE(0x0403_4b50, 0);
  header.writeUInt16LE(VERSION, 4);
  header.writeUInt16LE(DATE, 12);
  header.writeUInt32LE(crc32, 14);
  header.writeUInt32LE(size, 18);
  header.writeUInt32LE(size, 22);
  header.writeUInt16LE(name.length, 26);
  header.write(name, LOCAL_HEADER_SIZE, "latin1");
  return header;
}

/** The central directory and the end record: all that follows the last member. */
export function renderArchiveEnd(members: readonly PlacedMember[]): Buffer {
  const last = members.at(-1);
  const start = last === undefined ? 0 : last.offset + last.size;
  const directory = Buffer.concat(members.map(renderCentralHeader));
  const end = Buffer.alloc(END_SIZE);
  end.writeUInt32LE(0x0605_4b50, 0);
  end.writeUInt16LE(members.length, 8);
  end.writeUInt16LE(members.length, 10);
  end.writeUInt32LE(directory.length, 12);
  end.writeUInt32LE(start, 16);
  return Buffer.concat([directory, end]);
}

function renderCentralHeader({ name, size, crc32, headerOffset }: PlacedMember): Buffer {
  const header = Buffer.alloc(CENTRAL_HEADER_SIZE + name.length);
  header.writeUInt32LE(0x0201_4b50, 0);
  header.writeUInt16LE(MADE_BY_UNIX, 4);
  header.writeUInt16LE(VERSION, 6);
  header.writeUInt16LE(DATE, 14);
  header.writeUInt32LE(crc32, 16);
  header.writeUInt32LE(size, 20);
  header.writeUInt32LE(size, 24);
  header.writeUInt16LE(name.length, 28);
  header.writeUInt32LE(REGULAR_FILE, 38);
  header.writeUInt32LE(headerOffset, 42);
  header.write(name, CENTRAL_HEADER_SIZE, "latin1");
  return header;
}

/**
 * Where each member lies when the first local header is at `start`, in the order given.
 * @throws BrokenRule when the file would be longer than its offsets can say.
 */
export function placeMembers(members: readonly Member[], start: number): readonly PlacedMember[] {
  let headerOffset = start;
  const placed = members.map((member) => {
    const offset = headerOffset + LOCAL_HEADER_SIZE + member.name.length;
    const place = { ...member, headerOffset, offset };
    headerOffset = offset + member.size;
    return place;
  });
  const directorySize = members.reduce((sum, { name }) => sum + CENTRAL_HEADER_SIZE + name.length, 0);
  if (headerOffset + directorySize + END_SIZE > MAX_FILE_SIZE) {
    throw new BrokenRule(`it is longer than ${MAX_FILE_SIZE} bytes`);
  }
  return placed;
}

/**
 * Where the central directory lies.
 * @param end - the last 22 bytes of a file of `fileSize` bytes.
 * @returns undefined when they are not the end record of an archive that ends there.
 */
export function findDirectory(
  end: Buffer,
  fileSize: number,
): { readonly offset: number; readonly size: number } | undefined {
  if (end.length !== END_SIZE || end.readUInt32LE(0) !== 0x0605_4b50) return undefined;
  const size = end.readUInt32LE(12);
  const offset = end.readUInt32LE(16);
  return offset + size + END_SIZE === fileSize ? { offset, size } : undefined;
}

/**
 * @param archiveEnd - central directory and end record, as they are in the file.
 * @throws BrokenRule unless they are, byte for byte, what a writer of these members makes.
 */
export function parseArchiveEnd(archiveEnd: Buffer): readonly PlacedMember[] {
  const members: Member[] = [];
  let start = 0;
  let at = 0;
  const directorySize = archiveEnd.length - END_SIZE;
  while (at < directorySize) {
    if (at + CENTRAL_HEADER_SIZE > directorySize) throw new BrokenRule("its central directory is cut off");
    if (members.length === MAX_MEMBERS) throw new BrokenRule(`it has more than ${MAX_MEMBERS} members`);
    const nameEnd = at + CENTRAL_HEADER_SIZE + archiveEnd.readUInt16LE(at + 28);
    if (nameEnd > directorySize) throw new BrokenRule("its central directory is cut off");
    if (members.length === 0) start = archiveEnd.readUInt32LE(at + 42);
    members.push({
      name: archiveEnd.toString("latin1", at + CENTRAL_HEADER_SIZE, nameEnd),
      size: archiveEnd.readUInt32LE(at + 24),
      crc32: archiveEnd.readUInt32LE(at + 16),
    });
    at = nameEnd;
  }
  const placed = placeMembers(members, start);
  if (!renderArchiveEnd(placed).equals(archiveEnd)) {
    throw new BrokenRule("its central directory is not as the format has it");
  }
  return placed;
}
