import { readdirSync, readFileSync, realpathSync, type Stats, statSync } from "node:fs";
import { basename, join, relative, resolve, sep } from "node:path";
import { AppError } from "../errors/app-error.ts";
import { errnoOf } from "../system/file-errors.ts";
import type { AppFiles } from "./description.ts";

const MAX_BYTES = 4 * 1024 * 1024;

/**
 * The files below a directory. Each call looks at the disk again.
 * @throws AppError `application_not_found` here; from its functions `file_outside` for a path or a link that leads out
 * of the directory, `description_unreadable` for a file that is too large, is not UTF-8 or cannot be read.
 */
export function readAppFiles(directory: string): AppFiles {
  const root = realRoot(directory);

  /** Undefined when there is nothing at `path`. */
  function find(path: string): { readonly place: string; readonly stats: Stats } | undefined {
    const place = resolve(root, path);
    if (!isBelow(root, place)) throw outside(path, "it is not below the application's directory");
    const real = realPath(place, path);
    if (real === undefined) return undefined;
    if (!isBelow(root, real)) throw outside(path, `it is a link to ${real}`);
    return { place: real, stats: statSync(real) };
  }

  function isLinkedDirectory(path: string): boolean {
    try {
      return find(path)?.stats.isDirectory() ?? false;
    } catch (error) {
      // Only listed, not used: whoever opens it gets the error.
      if (error instanceof AppError && error.code === "file_outside") return false;
      throw error;
    }
  }

  return {
    has: (path) => find(path)?.stats.isFile() ?? false,

    read(path) {
      const found = find(path);
      if (!found?.stats.isFile()) return undefined;
      if (found.stats.size > MAX_BYTES) {
        const message = `cannot read ${path}: it has ${found.stats.size} bytes, more than ${MAX_BYTES}`;
        throw new AppError({ code: "description_unreadable", message, details: { file: path } });
      }
      try {
        return new TextDecoder("utf-8", { fatal: true }).decode(readFileSync(found.place));
      } catch (error) {
        throw unreadable(path, error);
      }
    },

    list(path) {
      const found = find(path);
      if (!found?.stats.isDirectory()) return [];
      return readdirSync(found.place, { withFileTypes: true })
        .map((entry) => {
          const isLink = entry.isSymbolicLink();
          const isDirectory = isLink ? isLinkedDirectory(join(path, entry.name)) : entry.isDirectory();
          return isDirectory ? `${entry.name}/` : entry.name;
        })
        .sort();
    },
  };
}

/** Name of an application that has no better one: that of its directory. */
export function directoryName(directory: string): string {
  return basename(realRoot(directory));
}

function realRoot(directory: string): string {
  try {
    const root = realpathSync(directory);
    if (statSync(root).isDirectory()) return root;
  } catch (error) {
    if (!["ENOENT", "ENOTDIR"].includes(errnoOf(error) ?? "")) throw unreadable(directory, error);
  }
  throw new AppError({
    code: "application_not_found",
    message: `cannot read ${directory}: it is not a directory`,
    hint: "Name the directory that holds the application.",
    details: { directory },
  });
}

/** Undefined when nothing is there, which a link that leads nowhere is as well. */
function realPath(place: string, path: string): string | undefined {
  try {
    return realpathSync(place);
  } catch (error) {
    if (["ENOENT", "ENOTDIR", "ELOOP"].includes(errnoOf(error) ?? "")) return undefined;
    throw unreadable(path, error);
  }
}

function isBelow(root: string, place: string): boolean {
  const path = relative(root, place);
  return path !== ".." && !path.startsWith(`..${sep}`);
}

function outside(path: string, reason: string): AppError {
  return new AppError({
    code: "file_outside",
    message: `cannot use ${path}: ${reason}`,
    hint: "Copy the file into the application, an artifact holds nothing from outside of it.",
    details: { file: path },
  });
}

function unreadable(path: string, cause: unknown): AppError {
  const reason = cause instanceof TypeError ? "it is not UTF-8" : `the system says ${errnoOf(cause)}`;
  const message = `cannot read ${path}: ${reason}`;
  return new AppError({ code: "description_unreadable", message, details: { file: path }, cause });
}
