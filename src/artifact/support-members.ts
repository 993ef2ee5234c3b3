import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { PACKAGE_ROOT } from "../system/package-root.ts";
import { compareBytes } from "./byte-order.ts";

const SUPPORT = join(PACKAGE_ROOT, "support", "python");

/**
 * The Python program that travels inside every artifact, as members: `__main__.py`, the package `holdall_support`, and
 * in `release/` the modules that go into each release. Sorted; what a Python that ran them in place left there is not
 * among them.
 */
export async function readSupportMembers(): Promise<Record<string, Uint8Array>> {
  const entries = await readdir(SUPPORT, { recursive: true, withFileTypes: true });
  const names = entries
    .filter((entry) => entry.isFile() && entry.name.endsWith(".py"))
    .map((entry) => join(entry.parentPath, entry.name).slice(SUPPORT.length + 1))
    .sort(compareBytes);
  const members: Record<string, Uint8Array> = {};
  for (const name of names) members[name] = await readFile(join(SUPPORT, name));
  return members;
}
