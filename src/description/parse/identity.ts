import { findNearMiss } from "../../errors/near-miss.ts";
import { parsePythonRange } from "../python-range.ts";
import type { Path } from "../source/source.ts";
import { parseTargetWord } from "../target-words.ts";
import { type Context, splitCommas } from "./context.ts";

const SYSTEMS = ["linux", "posix"];

export function parsePlatforms(value: string | readonly string[], context: Context): readonly string[] {
  return parseWords(value, ["platform"], context, /^[a-z][a-z0-9-]*$/, "must name platforms, such as wsgi");
}

export function parseSystems(value: string | readonly string[], { refuse }: Context): readonly string[] {
  return splitCommas(value, ["os"]).map(({ text, path }) => {
    const system = text.toLowerCase();
    if (SYSTEMS.includes(system)) return system;
    const near = findNearMiss(system, SYSTEMS);
    const hint = near ? `Did you mean ${near}?` : "Leave it out, or write linux.";
    throw refuse(path, `must be linux or posix, not ${JSON.stringify(text)}: artifacts run on Linux`, {
      hint,
    });
  });
}

export function parseTargets(value: string | readonly string[], { refuse }: Context): readonly string[] {
  return splitCommas(value, ["targets"]).map(({ text, path }) => {
    const meaning = parseTargetWord(text);
    if ("reason" in meaning)
      throw refuse(path, `has a wrong word: ${meaning.reason}`, { hint: meaning.hint });
    return text;
  });
}

export function parsePackages(
  value: string | readonly string[],
  field: "rpm" | "deb",
  context: Context,
): readonly string[] {
  return parseWords(
    value,
    [field],
    context,
    /^[A-Za-z0-9][A-Za-z0-9+._-]*$/,
    "must name packages, with commas between",
  );
}

export function parsePython(value: string, { refuse }: Context): string {
  const range = parsePythonRange(value);
  if (range !== undefined) return range;
  const hint = 'Write it as `">=3.11"`, `"<3"` or `">=3.9,<4"`.';
  throw refuse(["python"], `must be a PEP 440 specifier, not ${JSON.stringify(value)}`, { hint });
}

function parseWords(
  value: string | readonly string[],
  at: Path,
  { refuse }: Context,
  pattern: RegExp,
  reason: string,
): readonly string[] {
  const words = splitCommas(value, at).map(({ text, path }) => {
    if (!pattern.test(text)) throw refuse(path, `${reason}, not ${JSON.stringify(text)}`);
    return text;
  });
  return [...new Set(words)];
}
