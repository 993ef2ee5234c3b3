import { BrokenRule } from "./broken-rule.ts";
import { compareBytes } from "./byte-order.ts";

const MAX_DEPTH = 32;

/** What JSON writes with an escape. V8 has taken one such key for another (`{"\\n":…}` read as `{"\\\\":…}`). */
const ESCAPED = /["\\\p{Cc}]/u;

/**
 * The one text of a value, docs/artifact.md, section 2. Keys whose value is undefined are left out.
 * @throws BrokenRule for what has no such text: a fraction, half of a surrogate pair, a function, more than 32 levels.
 */
export function renderCanonicalJson(value: unknown, depth = 0): string {
  if (value === null || typeof value === "boolean") return String(value);
  if (typeof value === "string") {
    if (!value.isWellFormed()) throw new BrokenRule("manifest has half of a surrogate pair in a text");
    return JSON.stringify(value); // escapes what the format wants escaped, the same way
  }
  if (typeof value === "number") {
    if (!Number.isSafeInteger(value))
      throw new BrokenRule(`manifest has ${value}, which is no integer below 2^53`);
    return String(value);
  }
  if (typeof value !== "object") throw new BrokenRule(`manifest has a value of type ${typeof value}`);
  if (depth === MAX_DEPTH) throw new BrokenRule(`manifest is nested more than ${MAX_DEPTH} deep`);
  if (Array.isArray(value)) {
    return `[${value.map((item) => renderCanonicalJson(item, depth + 1)).join(",")}]`;
  }
  const members = Object.entries(value)
    .filter(([key, item]) => {
      if (ESCAPED.test(key))
        throw new BrokenRule(`manifest has the key ${JSON.stringify(key)}, with an escape`);
      return item !== undefined;
    })
    .sort(([a], [b]) => compareBytes(a, b))
    .map(([key, item]) => `${renderCanonicalJson(key)}:${renderCanonicalJson(item, depth + 1)}`);
  return `{${members.join(",")}}`;
}

/** @throws BrokenRule when the bytes are not UTF-8 or not JSON. */
export function parseJson(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes));
  } catch {
    throw new BrokenRule("manifest is not JSON in UTF-8");
  }
}

/** @throws BrokenRule when `bytes` are not the canonical text of `value`, which was parsed from them. */
export function checkCanonical(value: unknown, bytes: Uint8Array): void {
  if (Buffer.compare(Buffer.from(renderCanonicalJson(value)), bytes) !== 0) {
    throw new BrokenRule("manifest is JSON, but not in canonical form");
  }
}
