import type { AppError } from "../../errors/app-error.ts";
import type { AppFiles } from "../description.ts";
import { type Path, type RefusalOptions, refusal, type Source } from "../source/source.ts";

/** What the checks of single keys share. */
export interface Context {
  readonly files: AppFiles;
  /** Made to be thrown: `<field> <reason>`, with the place in the file. */
  refuse(path: Path, reason: string, options?: RefusalOptions): AppError;
}

export function contextOf(source: Source, files: AppFiles): Context {
  return { files, refuse: (path, reason, options) => refusal(source, path, reason, options) };
}

/** Text with commas, or a list, to its parts with the path of each. */
export function splitCommas(value: string | readonly string[], path: Path): { text: string; path: Path }[] {
  if (typeof value !== "string") {
    return value.map((text, index) => ({ text: text.trim(), path: [...path, index] }));
  }
  return value.split(",").map((text) => ({ text: text.trim(), path }));
}

/** One or many, each with its path. */
export function listItems<Item>(value: Item | readonly Item[], path: Path): { item: Item; path: Path }[] {
  if (!isList(value)) return [{ item: value, path }];
  return value.map((item, index) => ({ item, path: [...path, index] }));
}

// Array.isArray does not narrow a readonly array.
function isList<Item>(value: Item | readonly Item[]): value is readonly Item[] {
  return Array.isArray(value);
}
