import { readFileSync, realpathSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { type Elf, parseElf } from "../elf.ts";
import { listLibraryDirectories } from "./library-directories.ts";

export interface NeededLibrary {
  /** As those that need it name it. */
  readonly name: string;
  /** Of the file itself. */
  readonly path: string;
}

/** What the C library brings itself, on every machine that has it; glibc's and musl's. */
const OF_LIBC =
  /^(ld-linux.*|ld64|ld-musl-.*|libc|libc\.musl-.*|libm|libmvec|libdl|libpthread|librt|libutil|libresolv|libanl|libnss_.*)\.so(\.[0-9]+)?$/;

/**
 * The shared libraries that ELF files lean on, and those that these lean on, without those of the C library.
 *
 * @param files - paths of programs and libraries of this machine.
 * @returns undefined when a loader would not find one of them either.
 */
export function findLibraries(files: readonly string[]): readonly NeededLibrary[] | undefined {
  const found = new Map<string, NeededLibrary>();
  const queue = [...files];
  for (let file = queue.pop(); file !== undefined; file = queue.pop()) {
    const elf = readElf(file);
    for (const needed of elf?.needed ?? []) {
      const name = basename(needed);
      if (OF_LIBC.test(name) || found.has(name)) continue;
      const path = elf && findLibrary(needed, { elf, origin: dirname(realpathSync(file)) });
      if (path === undefined) return undefined;
      found.set(name, { name, path });
      queue.push(path);
    }
  }
  return [...found.values()];
}

/** ld.so(8): the file's own search path, then the directories of the machine. */
function findLibrary(
  needed: string,
  { elf, origin }: { readonly elf: Elf; readonly origin: string },
): string | undefined {
  const expand = (path: string) => path.replaceAll(/\$(ORIGIN|\{ORIGIN\})/g, origin);
  const candidates = needed.includes("/")
    ? [expand(needed)]
    : [...elf.searchPath.map(expand), ...listLibraryDirectories("/")].map((directory) =>
        join(directory, needed),
      );
  const path = candidates.find((candidate) => readElf(candidate)?.processor === elf.processor);
  return path === undefined ? undefined : realpathSync(path);
}

/** @returns undefined when there is no such file, or it is not of this kind. */
function readElf(path: string): Elf | undefined {
  try {
    return parseElf(readFileSync(path));
  } catch (error) {
    if (error instanceof Error && "code" in error) return undefined; // ENOENT, ENOTDIR, EISDIR, EACCES: look further
    throw error;
  }
}
