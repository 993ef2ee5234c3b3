import { type WriteOptions, writeFileAtomic } from "../system/write-file.ts";
import { readSource, type Source } from "./source.ts";
import { checkMemberNames, placeMembers, renderArchiveEnd, renderLocalHeader } from "./zip.ts";

export interface SealedMember {
  readonly name: string;
  readonly source: Source;
  /** Trusted: the bytes are not read for it again. */
  readonly crc32: number;
}

/**
 * Writes prefix and archive as one executable file, or nothing. Costs what copying the members costs.
 * @param members - `manifest.json` first, the others sorted.
 * @returns bytes of the file.
 * @throws BrokenRule; the error of the system when the file cannot be written.
 */
export async function sealFile(
  path: string,
  prefix: Uint8Array,
  members: readonly SealedMember[],
  { verdict }: Pick<WriteOptions, "verdict"> = {},
): Promise<number> {
  checkMemberNames(members.map(({ name }) => name));
  const sized = members.map((member) => ({ ...member, size: member.source.size }));
  const placed = placeMembers(sized, prefix.length);
  const end = renderArchiveEnd(placed);
  function* bytes(): Generator<Uint8Array> {
    yield prefix;
    for (const member of sized) {
      yield renderLocalHeader(member);
      yield* readSource(member.source, member.name);
    }
    yield end;
  }
  await writeFileAtomic(path, bytes(), { mode: 0o755, verdict });
  const last = placed.at(-1);
  return (last === undefined ? 0 : last.offset + last.size) + end.length;
}
