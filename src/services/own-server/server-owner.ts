import { chown, lchown, readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import type { SystemUser } from "../../system/guarded-process.ts";
import { findSystemUser } from "../programs.ts";
import type { ServerRecipe } from "./server-recipe.ts";

/**
 * Who the server becomes, and owns its data then: an ordinary user stays who it is; root becomes who has them already, or
 * the server's own user. Data that are root's, as a copy of them may be, are given to that.
 */
export async function ensureOwner({ user }: ServerRecipe, home: string): Promise<SystemUser | undefined> {
  if (process.getuid?.() !== 0) return undefined;
  const { uid, gid } = await stat(home);
  if (uid !== 0) return { uid, gid };
  if (user === undefined) return undefined;
  const owner = await findSystemUser(user);
  await giveTo(owner, home);
  return owner;
}

/** The directory itself last: what was stopped in the middle is done again. */
async function giveTo(owner: SystemUser, directory: string): Promise<void> {
  for (const each of await readdir(directory, { withFileTypes: true })) {
    const path = join(directory, each.name);
    if (each.isDirectory()) await giveTo(owner, path);
    else await lchown(path, owner.uid, owner.gid);
  }
  await chown(directory, owner.uid, owner.gid);
}
