import { readFile, stat } from "node:fs/promises";
import { parseEnv } from "node:util";
import { AppError } from "../../errors/app-error.ts";
import { errnoOf } from "../../system/file-errors.ts";

/** The settings file of a base, where nobody names another. */
export const SETTINGS_FILE = ".env";

const MAX_BYTES = 1024 * 1024;
const NAME = /^[A-Za-z_][A-Za-z0-9_]*$/;

/**
 * A file of `NAME=value` lines: comments, quotes and `export` as in Node's own --env-file. Nothing in it is replaced or run.
 * @param path - as the user named it; untrusted.
 * @returns undefined when there is none.
 * @throws AppError `settings_unreadable`, without any value in it.
 */
export async function readSettingsFile(path: string): Promise<Readonly<Record<string, string>> | undefined> {
  const text = await read(path);
  if (text === undefined) return undefined;
  const values = parseEnv(text);
  // Node leaves out what it does not understand; a line of a value over several lines is understood.
  const long = Object.values(values).filter((value) => value?.includes("\n"));
  for (const [index, line] of text.split("\n").entries()) {
    const isKnown =
      /^\s*(?:#|$)|=/.test(line) || long.some((value) => value?.includes(line.replace(/["'`].*$/, "")));
    if (!isKnown) throw unreadable(path, `line ${index + 1} has no =`);
  }
  const wrong = Object.keys(values).find((name) => !NAME.test(name));
  if (wrong !== undefined) throw unreadable(path, `${JSON.stringify(wrong)} is not the name of a variable`);
  return Object.fromEntries(
    Object.entries(values).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  );
}

async function read(path: string): Promise<string | undefined> {
  try {
    const { size } = await stat(path);
    if (size > MAX_BYTES) throw unreadable(path, `it has more than ${MAX_BYTES} bytes`);
    return new TextDecoder("utf-8", { fatal: true }).decode(await readFile(path));
  } catch (cause) {
    if (cause instanceof AppError) throw cause;
    if (cause instanceof TypeError) throw unreadable(path, "it is not UTF-8");
    const errno = errnoOf(cause);
    if (errno === "ENOENT") return undefined;
    if (errno === undefined) throw cause;
    throw unreadable(path, `the system says ${errno}`, cause);
  }
}

function unreadable(path: string, reason: string, cause?: unknown): AppError {
  return new AppError({
    code: "settings_unreadable",
    message: `cannot read the settings file ${path}: ${reason}`,
    hint: "It has lines `NAME=value`; `generate-config` prints one to start from.",
    details: { file: path },
    cause,
  });
}
