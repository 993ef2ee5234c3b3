import { constants } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import { BrokenRule, Damaged, NotArtifact } from "./broken-rule.ts";
import { MAX_FILE_SIZE, MAX_PREFIX_SIZE } from "./limits.ts";
import type { OpenedParts } from "./open-artifact.ts";
import { PREFIX_START } from "./prefix-identity.ts";
import {
  checkMemberNames,
  checkReserved,
  END_SIZE,
  findDirectory,
  MAX_DIRECTORY_SIZE,
  type PlacedMember,
  parseArchiveEnd,
  renderLocalHeader,
} from "./zip.ts";

/**
 * The outside of a sealed artifact: every header of its archive, and that nothing lies between its parts.
 * @throws BrokenRule and its kinds; the error of the system.
 */
export async function openSealed(path: string): Promise<OpenedParts> {
  // Not blocking: the path may be that of a pipe, which nobody may ever write to.
  const file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
  try {
    const status = await file.stat();
    if (!status.isFile()) throw new NotArtifact("it is neither a file nor a directory");
    const start = await readRange(file, 0, Math.min(PREFIX_START.length, status.size));
    if (start.toString("latin1") !== PREFIX_START)
      throw new NotArtifact("it does not start like an artifact");
    const members = await readMembers(file, status.size);
    const prefixSize = members[0]?.headerOffset ?? 0;
    if (prefixSize > MAX_PREFIX_SIZE)
      throw new BrokenRule(`its prefix is longer than ${MAX_PREFIX_SIZE} bytes`);
    for (const member of members) {
      const expected = renderLocalHeader(member);
      const found = await readRange(file, member.headerOffset, expected.length);
      if (!found.equals(expected)) {
        throw new BrokenRule(`the local header of ${member.name} is not what the central directory says`);
      }
    }
    const places = members.map(
      ({ name, offset, size, crc32 }) => [name, { file: path, offset, size, crc32 }] as const,
    );
    return { form: "sealed", prefix: { file: path, offset: 0, size: prefixSize }, members: new Map(places) };
  } finally {
    await file.close();
  }
}

async function readMembers(file: FileHandle, fileSize: number): Promise<readonly PlacedMember[]> {
  if (fileSize > MAX_FILE_SIZE) throw new BrokenRule(`it is longer than ${MAX_FILE_SIZE} bytes`);
  const end = await readRange(file, Math.max(0, fileSize - END_SIZE), Math.min(END_SIZE, fileSize));
  const directory = findDirectory(end, fileSize);
  if (directory === undefined) throw new Damaged("it is cut off, or goes on after its end");
  if (directory.size > MAX_DIRECTORY_SIZE) throw new BrokenRule("its central directory is too long");
  const members = parseArchiveEnd(await readRange(file, directory.offset, directory.size + END_SIZE));
  const names = members.map(({ name }) => name);
  checkReserved(names);
  checkMemberNames(names);
  return members;
}

async function readRange(file: FileHandle, position: number, length: number): Promise<Buffer> {
  const bytes = Buffer.alloc(length);
  const { bytesRead } = await file.read(bytes, 0, length, position);
  if (bytesRead !== length) throw new Damaged("it became shorter while it was read");
  return bytes;
}
