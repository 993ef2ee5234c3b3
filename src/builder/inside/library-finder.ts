import { readFileSync, realpathSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { type Elf, parseElf } from "../elf/elf.ts";
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

/** Looks for the libraries of one machine; it reads each file once. */
export class LibraryFinder {
  readonly #directories = listLibraryDirectories("/");
  readonly #read = new Map<string, Elf | undefined>();

  /**
   * The shared libraries that an ELF file leans on, and those that these lean on, without those of the C library.
   *
   * @param file - path of a program or library.
   * @returns undefined when a loader would not find one of them either.
   */
  findLibraries(file: string): readonly NeededLibrary[] | undefined {
    const found = new Map<string, NeededLibrary>();
    const queue = [file];
    for (let next = queue.pop(); next !== undefined; next = queue.pop()) {
      const elf = this.#readElf(next);
      for (const needed of elf?.needed ?? []) {
        const name = basename(needed);
        if (OF_LIBC.test(name) || found.has(name)) continue;
        const path = elf && this.#findLibrary(needed, elf, dirname(realpathSync(next)));
        if (path === undefined) return undefined;
        found.set(name, { name, path });
        queue.push(path);
      }
    }
    return [...found.values()];
  }

  /** @returns path of the library that a file would get under this name; undefined when there is none. */
  findByName(name: string, file: string): string | undefined {
    const elf = this.#readElf(file);
    return elf && this.#findLibrary(name, elf, dirname(realpathSync(file)));
  }

  /** ld.so(8): the file's own search path, then the directories of the machine. */
  #findLibrary(needed: string, { searchPath, processor }: Elf, origin: string): string | undefined {
    const expand = (path: string) => path.replaceAll(/\$(ORIGIN|\{ORIGIN\})/g, origin);
    const candidates = needed.includes("/")
      ? [expand(needed)]
      : [...searchPath.map(expand), ...this.#directories].map((directory) => join(directory, needed));
    const path = candidates.find((candidate) => this.#readElf(candidate)?.processor === processor);
    return path === undefined ? undefined : realpathSync(path);
  }

  #readElf(path: string): Elf | undefined {
    if (!this.#read.has(path)) this.#read.set(path, readElf(path));
    return this.#read.get(path);
  }
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
