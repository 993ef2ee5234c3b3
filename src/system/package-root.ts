import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";

/**
 * The directory of holdall's own package.json: two levels up from a source file, one from the bundle.
 * What travels inside artifacts (support/) is read from there.
 */
export const PACKAGE_ROOT = findPackageRoot(import.meta.dirname);

/** Version of holdall itself. */
export const VERSION = readVersion();

function findPackageRoot(start: string): string {
  let directory = start;
  while (!existsSync(join(directory, "package.json"))) {
    const parent = dirname(directory);
    if (parent === directory) throw new Error(`no package.json above ${start}`);
    directory = parent;
  }
  return directory;
}

function readVersion(): string {
  const text = readFileSync(join(PACKAGE_ROOT, "package.json"), "utf8");
  const { version } = JSON.parse(text) as { version: string }; // our own file
  return version;
}
