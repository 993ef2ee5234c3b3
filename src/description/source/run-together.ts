import { FIELDS } from "../schema/schema.ts";
import type { RefusalOptions } from "./source.ts";

const KEY = new RegExp(`(?:^|(?<=\\s))(${FIELDS.map(({ name }) => name).join("|")}):(?=\\s|$)`, "gm");

/**
 * The sketch of Ian Bicking's "Python Application Package" as it is often seen: several keys of the description on one
 * line (`platform: python, wsgi os: posix python: <3`). Returns the same keys one per line, undefined if the text is
 * wrong in another way.
 */
export function findRunTogether(text: string): Pick<RefusalOptions, "hint" | "fix"> | undefined {
  const keys = [...text.matchAll(KEY)];
  const isRunTogether = keys.some(
    ({ index }) => text.slice(text.lastIndexOf("\n", index - 1) + 1, index).trim() !== "",
  );
  if (!isRunTogether) return undefined;

  const lines = keys.map((match, at) => {
    const end = keys[at + 1]?.index ?? text.length;
    const value = text
      .slice(match.index + match[0].length, end)
      .trim()
      .replaceAll(/\s+/g, " ");
    return `  ${match[1]}: ${quoteIfNeeded(value)}`.trimEnd();
  });
  return { hint: "Write one key per line, as shown.", fix: lines.join("\n") };
}

/** YAML takes these for something else when they start a value. */
function quoteIfNeeded(value: string): string {
  return /^[>|*&!%@`]/.test(value) ? JSON.stringify(value) : value;
}
