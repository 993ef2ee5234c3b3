export type Dialect = "postgres" | "mysql" | "sqlite";

export interface SqlToken {
  readonly kind: "blank" | "word" | "quoted" | "other";
  /** Offsets in the text. */
  readonly start: number;
  readonly end: number;
}

interface Rules {
  /** Sticky, as all patterns here. Spaces too. */
  readonly blank: RegExp;
  readonly hasNestedComments: boolean;
  /** How a comment starts; one with `!` is none for MySQL, which runs what is in it. */
  readonly comment: RegExp;
  /** Opening to closing. Two closing ones inside are one character: for us, two strings side by side. */
  readonly quotes: Readonly<Record<string, string>>;
  /** Quotes in which `\` escapes. */
  readonly escaping: string;
}

const RULES: Readonly<Record<Dialect, Rules>> = {
  postgres: {
    ...{ blank: /\s+|--[^\n]*/y, comment: /\/\*/y, hasNestedComments: true },
    ...{ quotes: { "'": "'", '"': '"' }, escaping: "" },
  },
  mysql: {
    ...{ blank: /\s+|#[^\n]*|--(?=\s|$)[^\n]*/y, comment: /\/\*(?!M?!)/y, hasNestedComments: false },
    ...{ quotes: { "'": "'", '"': '"', "`": "`" }, escaping: "'\"" },
  },
  sqlite: {
    ...{ blank: /\s+|--[^\n]*/y, comment: /\/\*/y, hasNestedComments: false },
    ...{ quotes: { "'": "'", '"': '"', "`": "`", "[": "]" }, escaping: "" },
  },
};

const WORD = /[A-Za-z_\x80-\uffff][\w$\x80-\uffff]*/y;
const ESCAPED_STRING = /[eE]'/y;
const DOLLAR_QUOTE = /\$(?:[A-Za-z_\x80-\uffff][\w\x80-\uffff]*)?\$/y;

/** The whole text in pieces: where comments, strings and names end, and no more. What is not closed goes to the end. */
export function* readTokens(text: string, dialect: Dialect): Generator<SqlToken> {
  const rules = RULES[dialect];
  for (let start = 0; start < text.length; ) {
    const token = readToken(text, start, rules, dialect === "postgres");
    yield token;
    start = token.end;
  }
}

function readToken(text: string, start: number, rules: Rules, isPostgres: boolean): SqlToken {
  const blank = endOf(rules.blank, text, start);
  if (blank !== undefined) return { kind: "blank", start, end: blank };
  if (endOf(rules.comment, text, start) !== undefined)
    return { kind: "blank", start, end: endOfComment(text, start, rules) };
  if (isPostgres && endOf(ESCAPED_STRING, text, start) !== undefined)
    return { kind: "quoted", start, end: endOfQuote(text, start + 2, "'", true) };
  const word = endOf(WORD, text, start);
  if (word !== undefined) return { kind: "word", start, end: word };
  const tag = isPostgres ? endOf(DOLLAR_QUOTE, text, start) : undefined;
  if (tag !== undefined)
    return { kind: "quoted", start, end: endOfQuote(text, tag, text.slice(start, tag), false) };
  const opening = text[start] ?? "";
  const closing = rules.quotes[opening];
  if (closing === undefined) return { kind: "other", start, end: start + 1 };
  const isEscaping = rules.escaping.includes(opening);
  return { kind: "quoted", start, end: endOfQuote(text, start + 1, closing, isEscaping) };
}

function endOf(pattern: RegExp, text: string, at: number): number | undefined {
  pattern.lastIndex = at;
  return pattern.test(text) ? pattern.lastIndex : undefined;
}

function endOfQuote(text: string, from: number, closing: string, isEscaping: boolean): number {
  let at = from;
  for (;;) {
    const end = text.indexOf(closing, at);
    if (end === -1) return text.length;
    const backslash = isEscaping ? text.indexOf("\\", at) : -1;
    if (backslash === -1 || backslash > end) return end + closing.length;
    at = backslash + 2;
  }
}

function endOfComment(text: string, from: number, { hasNestedComments }: Rules): number {
  const bounds = hasNestedComments ? /\/\*|\*\//g : /\*\//g;
  bounds.lastIndex = from + 2;
  for (let depth = 1; depth > 0; ) {
    const bound = bounds.exec(text);
    if (bound === null) return text.length;
    depth += bound[0] === "/*" ? 1 : -1;
  }
  return bounds.lastIndex;
}
