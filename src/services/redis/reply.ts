/** Of RESP 2; an Error is what the server has refused, also inside of a list. */
export type Reply = Buffer | number | undefined | Error | readonly Reply[];

interface Parsed {
  readonly reply: Reply;
  /** Offset behind it. */
  readonly end: number;
}

/** A server of ours or one that somebody named: it may send anything. */
const MAX_DEPTH = 8;
const LIST = 0x2a; // *

/** How many bytes have to be there, at least, before it is worth to parse again. */
type Wanted = number;

/** The reply that begins at `start`, once it is there as a whole. @throws Error when it is none. */
export function parseReply(bytes: Buffer, start = 0, depth = 0): Parsed | Wanted {
  const lineEnd = bytes.indexOf("\r\n", start);
  if (lineEnd === -1) return bytes.length + 1;
  const line = bytes.toString("utf8", start + 1, lineEnd);
  const next = lineEnd + 2;
  switch (String.fromCharCode(bytes[start] ?? 0)) {
    case "+":
      return { reply: Buffer.from(line), end: next };
    case "-":
      return { reply: new Error(line), end: next };
    case ":":
      return { reply: parseInteger(line), end: next };
    case "$":
      return parseBytes(bytes, next, parseInteger(line));
    case "*":
      if (depth >= MAX_DEPTH) throw new Error("its reply is too deep");
      return parseList(bytes, next, parseInteger(line), depth);
    default:
      throw new Error("it does not speak the protocol of Redis");
  }
}

function parseInteger(line: string): number {
  const value = Number(line);
  if (!/^-?\d+$/.test(line) || !Number.isSafeInteger(value)) throw new Error("its reply has no length");
  return value;
}

/** How many replies are in the list that begins at `start`; undefined when it begins something else. */
export function parseListStart(
  bytes: Buffer,
  start = 0,
): { length: number; end: number } | Wanted | undefined {
  if (bytes.length > start && bytes[start] !== LIST) return undefined;
  const lineEnd = bytes.indexOf("\r\n", start);
  if (lineEnd === -1) return bytes.length + 1;
  return { length: parseInteger(bytes.toString("utf8", start + 1, lineEnd)), end: lineEnd + 2 };
}

function parseBytes(bytes: Buffer, start: number, length: number): Parsed | Wanted {
  if (length === -1) return { reply: undefined, end: start };
  const end = start + length + 2;
  return end > bytes.length ? end : { reply: Buffer.from(bytes.subarray(start, end - 2)), end };
}

function parseList(bytes: Buffer, start: number, length: number, depth: number): Parsed | Wanted {
  if (length === -1) return { reply: undefined, end: start };
  const items: Reply[] = [];
  let end = start;
  while (items.length < length) {
    const item = parseReply(bytes, end, depth + 1);
    if (typeof item === "number") return item;
    items.push(item.reply);
    end = item.end;
  }
  return { reply: items, end };
}
