/** Why a command line cannot be split; `column` is 0-based in the line. */
export interface ArgvProblem {
  readonly reason: string;
  readonly column: number;
}

/**
 * Splits a command line as a POSIX shell does (XCU 2.2), without running one: single quotes, double quotes and
 * backslashes; nothing is expanded and no operator is known.
 */
export function splitArgv(line: string): readonly string[] | ArgvProblem {
  const argv: string[] = [];
  let word: string | undefined; // undefined between words; "" in an empty pair of quotes
  let at = 0;
  while (at < line.length) {
    const char = line.charAt(at);
    if (/\s/.test(char)) {
      if (word !== undefined) argv.push(word);
      word = undefined;
      at += 1;
    } else if (char === "'" || char === '"') {
      const quoted = readQuoted(line, at);
      if (quoted === undefined) return { reason: `has a ${char} that is not closed`, column: at };
      word = (word ?? "") + quoted.text;
      at = quoted.end;
    } else if (char === "\\") {
      if (at + 1 === line.length) return { reason: "ends in a backslash", column: at };
      word = (word ?? "") + line.charAt(at + 1);
      at += 2;
    } else {
      word = (word ?? "") + char;
      at += 1;
    }
  }
  if (word !== undefined) argv.push(word);
  return argv;
}

function readQuoted(
  line: string,
  start: number,
): { readonly text: string; readonly end: number } | undefined {
  const quote = line.charAt(start);
  let text = "";
  for (let at = start + 1; at < line.length; at += 1) {
    const char = line.charAt(at);
    if (char === quote) return { text, end: at + 1 };
    // Between double quotes a backslash escapes only these; $ and ` are among them, though we expand neither.
    if (quote === '"' && char === "\\" && /["\\$`]/.test(line.charAt(at + 1))) {
      at += 1;
      text += line.charAt(at);
    } else text += char;
  }
  return undefined;
}

/** The line that `splitArgv` splits into these words. */
export function joinArgv(argv: readonly string[]): string {
  return argv.map(quoteWord).join(" ");
}

function quoteWord(word: string): string {
  return /^[\w@%+=:,./{}-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}
