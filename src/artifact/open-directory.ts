import { lstat, readdir } from "node:fs/promises";
import { join } from "node:path";
import type { Place } from "./artifact.ts";
import { BrokenRule, NotArtifact, quote } from "./broken-rule.ts";
import { compareBytes } from "./byte-order.ts";
import { MAX_MEMBERS, MAX_NAME_LENGTH } from "./limits.ts";
import type { OpenedParts } from "./open-artifact.ts";
import { checkMemberNames, checkReserved, MANIFEST_NAME, PREFIX_NAME } from "./zip.ts";

/**
 * The outside of an open artifact: only plain files, with names that members may have.
 * @throws BrokenRule and its kinds; the error of the system.
 */
export async function openDirectory(path: string): Promise<OpenedParts> {
  const found = new Map<string, Place>();
  const notArtifact = new NotArtifact(
    `it is a directory without the files ${PREFIX_NAME} and ${MANIFEST_NAME}`,
  );
  const top = await readdir(path); // before walking through what may be somebody's home
  if (!top.includes(PREFIX_NAME) || !top.includes(MANIFEST_NAME)) throw notArtifact;
  await collect(path, "", found);
  const prefix = found.get(PREFIX_NAME);
  if (prefix === undefined || !found.has(MANIFEST_NAME)) throw notArtifact;
  found.delete(PREFIX_NAME);
  const names = [...found.keys()].filter((name) => name !== MANIFEST_NAME).sort(compareBytes);
  checkReserved(names);
  checkMemberNames([MANIFEST_NAME, ...names]);
  return { form: "open", prefix, members: found };
}

async function collect(root: string, above: string, found: Map<string, Place>): Promise<void> {
  const names = await readdir(join(root, above));
  if (names.length === 0 && above !== "") throw new BrokenRule(`directory ${quote(above)} is empty`);
  for (const name of names) {
    const path = above === "" ? name : `${above}/${name}`;
    if (path.length > MAX_NAME_LENGTH) throw new BrokenRule(`path ${quote(path)} is too long`);
    const file = join(root, path);
    const status = await lstat(file);
    if (status.isDirectory()) {
      await collect(root, path, found);
    } else if (status.isFile()) {
      found.set(path, { file, offset: 0, size: status.size });
      if (found.size > MAX_MEMBERS + 1) throw new BrokenRule(`it has more than ${MAX_MEMBERS} members`);
    } else {
      throw new BrokenRule(`${quote(path)} is neither a file nor a directory`);
    }
  }
}
