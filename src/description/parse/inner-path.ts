import type { Path } from "../source/source.ts";
import type { Context } from "./context.ts";

/**
 * A path inside the application in its one form: relative, `/` between, no `.` or `..` parts, no `/` at the end; `.`
 * is the application's own directory.
 * @throws AppError `file_outside`; `description_invalid` for what is no path.
 */
export function parseInnerPath(written: string, path: Path, { refuse }: Context): string {
  const shown = JSON.stringify(written);
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
  if (written === "" || /[\\\u0000-\u001f\u007f]/.test(written)) {
    throw refuse(path, `must be a path with / between its parts, not ${shown}`);
  }
  const parts: string[] = [];
  let isOutside = written.startsWith("/") || written.startsWith("~");
  for (const part of written.split("/")) {
    if (part === "..") isOutside ||= parts.pop() === undefined;
    else if (part !== "" && part !== ".") parts.push(part);
  }
  if (isOutside) {
    throw refuse(path, `must be inside the application, not ${shown}`, {
      code: "file_outside",
      hint: "Write a path relative to the application's directory, without leading `..`.",
    });
  }
  return parts.join("/") || ".";
}

/** The same of a file that has to be there, unless a build command can still make it. */
export function parseExistingFile(
  written: string,
  path: Path,
  context: Context,
  { mayBeBuilt = false }: { readonly mayBeBuilt?: boolean } = {},
): string {
  const file = parseInnerPath(written, path, context);
  if (!mayBeBuilt && !context.files.has(file)) {
    throw context.refuse(path, `names ${file}, which does not exist`);
  }
  return file;
}
