import type { PipSource } from "../description.ts";
import { isRequirement, parseRequirement, renderRequirement } from "../requirement.ts";
import type { Path } from "../source/source.ts";
import type { CommandOptions } from "./commands.ts";
import { type Context, listItems } from "./context.ts";
import { parseExistingFile } from "./inner-path.ts";

/** As `pip`, but for the application itself, which is there anyway. */
export function parseTestPip(
  written: string | readonly string[],
  context: Context,
  options: CommandOptions,
): readonly PipSource[] {
  const sources = listItems(written, ["test_pip"]).map(({ item, path }) =>
    parseSource(item, path, context, options),
  );
  if (sources.some(({ kind }) => kind === "project")) {
    throw context.refuse(["test_pip"], "has . in it, which is the application", {
      hint: "Leave it out: the application is there, as `pip` says.",
    });
  }
  return sources;
}

/** `.` is the application itself, `.txt` and `.in` are files, all else is a requirement. */
export function parsePip(
  written: string | readonly string[],
  context: Context,
  options: CommandOptions,
): readonly PipSource[] {
  return listItems(written, ["pip"]).map(({ item, path }) => parseSource(item, path, context, options));
}

function parseSource(item: string, path: Path, context: Context, options: CommandOptions): PipSource {
  const text = item.trim().replace(/^-r\s+/, "");
  if (text === "." || text === "./" || text === "-e .") return { kind: "project" };
  if (/\.(txt|in)$/.test(text)) {
    return { kind: "file", path: parseExistingFile(text, path, context, options) };
  }
  const requirement = parseRequirement(text);
  if (!isRequirement(requirement)) {
    throw context.refuse(path, requirement.reason, { hint: requirement.hint });
  }
  return { kind: "requirement", text: renderRequirement(requirement) };
}
