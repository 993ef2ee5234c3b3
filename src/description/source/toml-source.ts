import { parse, TomlError } from "smol-toml";
import { type Path, type Position, refusalAt, type Source } from "./source.ts";

/** The whole pyproject.toml. @throws AppError `description_invalid`. */
export function parseToml(text: string, file: string): Record<string, unknown> {
  try {
    return parse(text);
  } catch (cause) {
    if (!(cause instanceof TomlError)) throw cause;
    const [, said = ""] = /^Invalid TOML document: ([^\n]*?)\.?\n/.exec(cause.message) ?? [];
    const reason = said.includes("nested")
      ? "the text is nested too deeply"
      : `the text is not TOML: ${said}`;
    // Not kept as the cause: it quotes lines of the file.
    const { line, column } = cause;
    throw refusalAt({ file, text }, reason, { line, column });
  }
}

/** One table of a TOML file, such as `[tool.holdall]`. */
export function tomlSource(text: string, file: string, value: unknown, table: readonly string[]): Source {
  return { file, text, value, locate: (path, part) => locate(text, [...table, ...path], part) };
}

/**
 * The parser keeps no positions, so this looks for the key: tables by their headers, `a.b = value` below one, and the
 * first place with the name for what stands inside a value. Good for a caret; nothing else may lean on it.
 */
function locate(text: string, path: Path, part: "key" | "value"): Position | undefined {
  const names = path.filter((name) => typeof name === "string");
  let table: readonly string[] = [];
  let best: { readonly position: Position; readonly depth: number } | undefined;
  for (const [index, content] of text.split(/\r?\n/).entries()) {
    const header = /^\s*\[+([^\]]+)\]/.exec(content);
    const assignment = /^\s*((?:[\w-]+|"[^"]*"|'[^']*')(?:\s*\.\s*(?:[\w-]+|"[^"]*"|'[^']*'))*)\s*=\s*/.exec(
      content,
    );
    const written = splitKey(header?.[1] ?? assignment?.[1] ?? "");
    if (header) table = written;
    else if (written.length === 0) continue;
    const full = header ? table : [...table, ...written];
    // `[a.b.c]` is where `a.b` is as well, if nothing else is.
    const depth = Math.min(full.length, names.length);
    const isOnPath = full.slice(0, depth).every((name, at) => name === names[at]);
    if (!isOnPath || depth <= (best?.depth ?? 0)) continue;

    const rest = names.slice(depth);
    const inside =
      assignment && rest.length > 0 ? columnInside(content, assignment[0].length, rest) : undefined;
    const start = content.search(/\S/);
    const isValue = assignment !== null && !header && (part === "value" || rest.length > 0);
    const column = inside ?? (isValue ? assignment[0].length : start);
    best = { position: { line: index + 1, column: column + 1 }, depth };
  }
  return best?.position;
}

/** The last of these names that stands in an inline table, searched one after the other. */
function columnInside(content: string, from: number, names: readonly string[]): number | undefined {
  let found: number | undefined;
  let at = from;
  for (const name of names) {
    const next = content.indexOf(name, at);
    if (next === -1) break;
    found = next;
    at = next + name.length;
  }
  return found;
}

function splitKey(key: string): string[] {
  const parts = key.match(/"[^"]*"|'[^']*'|[\w-]+/g) ?? [];
  return parts.map((part) => part.replace(/^["'](.*)["']$/, "$1"));
}
