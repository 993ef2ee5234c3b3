/** Of RESP 2; an Error is what the server has refused, also inside of a list. */
export type Reply = Buffer | number | undefined | Error | readonly Reply[];

interface Parsed {
  readonly reply: Reply;
  /** Offset behind it. */
  readonly end: number;
}

/** A server of ours or one that somebody named: it may send anything. */
const MAX_DEPTH = 8;

/** The reply that begins at `start`; undefined while it is not there as a whole. @throws Error when it is none. */
export function parseReply(bytes: Buffer, start = 0, depth = 0): Parsed | undefined {
  const lineEnd = bytes.indexOf("\r\n", start);
  if (lineEnd === -1) return undefined;
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

function parseBytes(bytes: Buffer, start: number, length: number): Parsed | undefined {
  if (length === -1) return { reply: undefined, end: start };
  const end = start + length + 2;
  return end > bytes.length ? undefined : { reply: Buffer.from(bytes.subarray(start, end - 2)), end };
}

function parseList(bytes: Buffer, start: number, length: number, depth: number): Parsed | undefined {
  if (length === -1) return { reply: undefined, end: start };
  const items: Reply[] = [];
  let end = start;
  while (items.length < length) {
    const item = parseReply(bytes, end, depth + 1);
    if (item === undefined) return undefined;
    items.push(item.reply);
    end = item.end;
  }
  return { reply: items, end };
}
