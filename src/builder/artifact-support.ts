import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { PACKAGE_ROOT } from "../system/package-root.ts";

const SUPPORT = join(PACKAGE_ROOT, "support/python");

/** The Python that travels inside artifacts: name of the member to its bytes. */
export async function readArtifactSupport(): Promise<Record<string, Uint8Array>> {
  const found = await readdir(SUPPORT, { recursive: true, withFileTypes: true });
  const files = found
    .filter((entry) => entry.isFile() && entry.name.endsWith(".py"))
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
  const members = await Promise.all(
    files.map(async (file) => [file.slice(SUPPORT.length + 1), await readFile(file)] as const),
  );
  return Object.fromEntries(members);
}
