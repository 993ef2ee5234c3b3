import type { WrittenArgv } from "../schema/run.ts";
import { parseArgv } from "./argv.ts";
import { type Context, listItems } from "./context.ts";
import { parseInnerPath } from "./inner-path.ts";

export function parsePaths(written: string | readonly string[], context: Context): readonly string[] {
  return listItems(written, ["paths"]).map(({ item, path }) => parseInnerPath(item, path, context));
}

export function parseStatic(
  written: Readonly<Record<string, string>>,
  context: Context,
): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(written).map(([url, directory]) => [
      url,
      parseInnerPath(directory, ["static", url], context),
    ]),
  );
}

export function parsePatterns(written: string | readonly string[], { refuse }: Context): readonly string[] {
  return listItems(written, ["files"]).map(({ item, path }) => {
    if (item.trim() === "") throw refuse(path, "must be a pattern, not an empty text");
    if (item.split("/").some((part) => part === ".." || part === "!..")) {
      throw refuse(path, `must be inside the application, not ${JSON.stringify(item)}`, {
        code: "file_outside",
      });
    }
    return item;
  });
}

/** A text is one command line; in a list, each item is a command. */
export function parseBuild(
  written: string | readonly WrittenArgv[],
  context: Context,
): readonly (readonly string[])[] {
  if (typeof written === "string") return [parseArgv(written, ["build"], context)];
  return written.map((command, index) => parseArgv(command, ["build", index], context));
}
