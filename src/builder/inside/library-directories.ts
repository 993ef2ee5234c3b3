import { globSync, readFileSync } from "node:fs";
import { dirname, isAbsolute, join } from "node:path";

/** Where loaders look after all that they were told: /lib64 on x86_64, musl's own order. */
const LAST = ["/lib64", "/usr/lib64", "/lib", "/usr/local/lib", "/usr/lib"];
const MAX_DEPTH = 8;

/**
 * Directories in which a machine's loader looks for libraries, in its order: what ldconfig(8) reads, then the usual
 * ones.
 *
 * @param root - of the machine's file system.
 */
export function listLibraryDirectories(root: string): readonly string[] {
  return [...new Set([...readLoaderConfiguration(root, "/etc/ld.so.conf", 0), ...LAST])].map((directory) =>
    join(root, directory),
  );
}

function readLoaderConfiguration(root: string, file: string, depth: number): string[] {
  if (depth > MAX_DEPTH) return [];
  return readLines(join(root, file)).flatMap((line) => {
    const [word = "", ...rest] = line.split(/\s+/);
    if (word !== "include") return isAbsolute(word) ? [word] : [];
    return rest.flatMap((pattern) => {
      const absolute = isAbsolute(pattern) ? pattern : join(dirname(file), pattern);
      const files = globSync(absolute.slice(1), { cwd: root }).sort();
      return files.flatMap((one) => readLoaderConfiguration(root, `/${one}`, depth + 1));
    });
  });
}

/** Without comments and empty lines; a machine with musl has no such file. */
function readLines(path: string): string[] {
  try {
    const lines = readFileSync(path, "utf8").split("\n");
    return lines.map((line) => line.replace(/#.*/, "").trim()).filter(Boolean);
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return [];
    throw error;
  }
}
