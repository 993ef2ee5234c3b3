import { constants } from "node:fs";
import { access, realpath, stat } from "node:fs/promises";
import { join, relative, sep } from "node:path";
import type { Published } from "../../services/service.ts";
import { errnoOf } from "../../system/file-errors.ts";

/**
 * The file that a request means, as a real path: an ordinary file in the directory that is published below the longest
 * fitting path. Undefined when there is none, when its name begins with a dot, and when a link leads out of the
 * directory.
 * @param target - of the request line: RFC 9112, section 3.2. Untrusted.
 */
export async function findPublishedFile(
  published: readonly Published[],
  target: string,
): Promise<string | undefined> {
  const parts = parsePath(target);
  if (parts === undefined) return undefined;
  const [found] = published
    .map(({ path, directory }) => ({ names: path.split("/").filter(Boolean), directory }))
    .filter(({ names }) => names.every((name, index) => name === parts[index]))
    .toSorted((a, b) => b.names.length - a.names.length);
  if (found === undefined) return undefined;
  const names = parts.slice(found.names.length);
  return names.every(isShown) ? findInside(found.directory, names) : undefined;
}

/** Parts of a path, decoded; undefined when no name of a file could be meant. */
function parsePath(target: string): readonly string[] | undefined {
  if (!target.startsWith("/")) return undefined;
  const [path = ""] = target.split("?", 1);
  try {
    const parts = path.slice(1).split("/").map(decodeURIComponent);
    return parts.some((part) => /^\.{0,2}$|[/\0]/.test(part)) ? undefined : parts;
  } catch {
    return undefined; // no UTF-8, or a % alone
  }
}

/** What begins with a dot is for tools, but for RFC 8615. */
function isShown(name: string): boolean {
  return !name.startsWith(".") || name === ".well-known";
}

/** What the system says of names that are none. */
const MISSING = ["ENOENT", "ENOTDIR", "ELOOP", "ENAMETOOLONG", "EACCES"];

async function findInside(directory: string, names: readonly string[]): Promise<string | undefined> {
  try {
    const [root, path] = await Promise.all([realpath(directory), realpath(join(directory, ...names))]);
    const inside = relative(root, path).split(sep);
    if (!path.startsWith(join(root, sep)) || !inside.every(isShown)) return undefined;
    await access(path, constants.R_OK);
    return (await stat(path)).isFile() ? path : undefined;
  } catch (error) {
    if (MISSING.includes(errnoOf(error) ?? "")) return undefined;
    throw error;
  }
}
