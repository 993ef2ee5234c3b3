import { AppError, type ErrorCode } from "../../errors/app-error.ts";

/** Keys and indexes from the top of the description to a value. */
export type Path = readonly (string | number)[];

/** 1-based, in characters. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

/** What a user wrote, before it is checked, and where each part of it stands. */
export interface Source {
  /** `holdall.yaml` or `pyproject.toml`. */
  readonly file: string;
  readonly text: string;
  /** Plain data: text, numbers, booleans, null, arrays, objects; undefined when there is no content. */
  readonly value: unknown;
  /** Where the key or the value is, or the nearest part around it that was found. */
  locate(path: Path, part: "key" | "value"): Position | undefined;
}

export interface RefusalOptions {
  readonly hint?: string | undefined;
  /** What the caret stands under. Default `value`. */
  readonly part?: "key" | "value";
  readonly code?: ErrorCode | undefined;
  /** Lines that show what to write instead. */
  readonly fix?: string | undefined;
  /** The line holds a secret: its place is shown, not what it says. */
  readonly isSecret?: boolean | undefined;
}

/** `<field> <reason>`, said of one value in a source. */
export function refusal(source: Source, path: Path, reason: string, options: RefusalOptions = {}): AppError {
  const { part = "value", ...rest } = options;
  const subject = path.length === 0 ? "the text" : fieldName(path);
  return refusalAt(source, `${subject} ${reason}`, source.locate(path, part), {
    ...rest,
    field: fieldName(path),
  });
}

/** A sentence about one place of a file. */
export function refusalAt(
  { file, text }: { readonly file: string; readonly text: string },
  sentence: string,
  position: Position | undefined,
  {
    hint,
    code = "description_invalid",
    fix,
    isSecret = false,
    field,
  }: RefusalOptions & { readonly field?: string } = {},
): AppError {
  const shown = [position && excerptOf(file, isSecret ? "" : text, position), fix].filter(
    (part) => part !== undefined,
  );
  return new AppError({
    code,
    message: hideCredentials(`cannot read ${file}: ${sentence}`),
    hint,
    excerpt: shown.length === 0 ? undefined : hideCredentials(shown.join("\n\n")),
    details: { file, ...(field ? { field } : {}), ...position },
  });
}

/** `processes.web.command[0]`. */
function fieldName(path: Path): string {
  return path
    .map((part, index) => (typeof part === "number" ? `[${part}]` : `${index === 0 ? "" : "."}${part}`))
    .join("");
}

/** User name and password of an address, letter by letter, so that a caret below still points at its column. */
function hideCredentials(text: string): string {
  return text.replaceAll(/(?<=:\/\/)[^/\s@]+(?=@)/g, (found) => "*".repeat(found.length));
}

const MAX_WIDTH = 100;

/** `holdall.yaml:3:7`, the line, and a caret under the column; of a long line, the part around it. */
function excerptOf(file: string, text: string, { line, column }: Position): string {
  const whole = (text.split(/\r?\n/)[line - 1] ?? "").replaceAll("\t", " ");
  const start = column > MAX_WIDTH ? column - MAX_WIDTH / 2 : 0;
  if (whole === "") return `${file}:${line}:${column}`;
  const visible = whole.slice(start, start + MAX_WIDTH).trimEnd();
  return `${file}:${line}:${column}\n  ${visible}\n  ${" ".repeat(column - 1 - start)}^`;
}
