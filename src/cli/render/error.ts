import type { AppError } from "../../errors/app-error.ts";
import { inspect } from "../node-util.ts";
import type { Paint } from "../paint.ts";
import { renderForeignLine } from "./foreign-line.ts";

/** `error: cannot ...`, the lines that show where, what to do, and the code to look up in docs/errors.md. */
export function renderError({ message, excerpt, hint, code }: AppError, paint: Paint): string {
  const lines = [`${paint("red", "error:")} ${paint("bold", showControls(message))}`];
  if (excerpt)
    lines.push(
      ...excerpt
        .trimEnd()
        .split("\n")
        .map((line) => `  ${renderForeignLine(line, paint)}`.trimEnd()),
    );
  if (hint) lines.push(`${paint("cyan", "hint:")} ${showControls(hint)}`);
  lines.push(paint("dim", `(${code})`));
  return lines.join("\n");
}

/** Names and words of files, in which something could command the terminal or turn the line around. */
function showControls(text: string): string {
  return text.replaceAll(/(?![\n\t])[\p{Cc}\p{Bidi_Control}]/gu, (found) => {
    return `\\u${(found.codePointAt(0) ?? 0).toString(16).padStart(4, "0")}`;
  });
}

/** For what no user can act on. */
export function renderDefect(error: unknown, version: string): string {
  const stack = inspect(error);
  const about = `holdall ${version}, Node ${process.versions.node}, ${process.platform}-${process.arch}`;
  return `${stack}\n\nThis is a defect of holdall, not a mistake of yours. Please report it with the lines above.\n${about}`;
}
