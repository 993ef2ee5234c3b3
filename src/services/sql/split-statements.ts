import { type Dialect, readTokens } from "./read-tokens.ts";

export interface SqlStatement {
  /** Without the delimiter; comments inside are kept. */
  readonly text: string;
  /** Of its first character, from 1. */
  readonly line: number;
}

/**
 * Beginnings of statements in which a block has semicolons of its own, until its END. MySQL's files change the delimiter
 * around such statements.
 */
const WITH_BLOCK: Readonly<Record<Dialect, RegExp | undefined>> = {
  postgres: /^CREATE\s[\s\S]*\sBEGIN\s+ATOMIC$/i, // a function of the SQL standard
  mysql: undefined,
  sqlite: /^CREATE\s+(?:TEMP\s+|TEMPORARY\s+)?TRIGGER\s[\s\S]*\sBEGIN$/i,
};

/** Lines that a client keeps to itself. MySQL's may name a delimiter; pg_dump writes those of psql around all statements. */
const LINES: Readonly<Record<Dialect, RegExp | undefined>> = {
  mysql: /DELIMITER[ \t]+(\S+)[^\n]*/iy,
  postgres: /\\(?:un)?restrict[ \t][^\n]*/y,
  sqlite: undefined,
};

/** The statements of a file, as the database's own client would find them. What is wrong in them is the database's to say. */
export function splitStatements(text: string, dialect: Dialect): readonly SqlStatement[] {
  const statements: SqlStatement[] = [];
  const lineAt = countLines(text);
  let delimiter = ";";
  let start: number | undefined;
  let blocks = 0;
  let parentheses = 0;
  let next = 0; // tokens before have been used
  const finish = (end: number) => {
    if (start !== undefined) statements.push({ text: text.slice(start, end).trimEnd(), line: lineAt(start) });
    [start, blocks, parentheses] = [undefined, 0, 0];
  };
  for (const token of readTokens(text, dialect)) {
    if (token.start < next || token.kind === "blank") continue;
    const isInside = blocks > 0 || parentheses > 0;
    if (!isInside && text.startsWith(delimiter, token.start)) {
      finish(token.start);
      next = token.start + delimiter.length;
      continue;
    }
    const line = start === undefined ? LINES[dialect] : undefined;
    if (line !== undefined) line.lastIndex = token.start;
    const directive = line?.exec(text);
    if (line !== undefined && directive) {
      delimiter = directive[1] ?? delimiter;
      next = line.lastIndex;
      continue;
    }
    start ??= token.start;
    const piece = text.slice(token.start, token.end).toUpperCase();
    if (piece === "(") parentheses++;
    else if (piece === ")") parentheses--;
    else if (blocks > 0) blocks += { BEGIN: 1, CASE: 1, END: -1 }[piece] ?? 0;
    else if (piece === "BEGIN" || piece === "ATOMIC")
      blocks = WITH_BLOCK[dialect]?.test(text.slice(start, token.end)) ? 1 : 0;
  }
  finish(text.length);
  return statements;
}

/** Line, from 1, of offsets that only grow. */
function countLines(text: string): (offset: number) => number {
  let [line, counted] = [1, 0];
  return (offset) => {
    for (let at = text.indexOf("\n", counted); at !== -1 && at < offset; at = text.indexOf("\n", at + 1))
      line++;
    counted = offset;
    return line;
  };
}
