import * as v from "valibot";
import { findNearMiss } from "../../errors/near-miss.ts";

/** A key of the description: check, documentation and JSON Schema all come from this record. */
export interface Field {
  readonly name: string;
  /** Of the value as it is written. Its messages are reasons (`must be text`); a second line is the hint. */
  readonly type: v.GenericSchema;
  /** What holds when the key is absent: words for people. */
  readonly default: string;
  /** A sentence, or a few. */
  readonly help: string;
  /** Lines of YAML. */
  readonly example: string;
  /** The platform that it belongs to; absent: all. */
  readonly platform?: string;
}

/** Lets the compiler know the record's own types and nothing of it be misspelt. */
export function field<const F extends Field>(record: F): F {
  return record;
}

export const TEXT = v.string("must be text");
export const NUMBER = v.pipe(v.number("must be a number"), v.safeInteger("must be a whole number"));
export const BOOLEAN = v.boolean("must be true or false");

/** At most this many items or keys; more is no description. */
const MAX_ITEMS = 1000;

export function textLike(pattern: RegExp, reason: string) {
  return v.pipe(TEXT, v.regex(pattern, reason));
}

export function list<const T extends v.GenericSchema>(item: T) {
  return v.pipe(
    v.array(item, "must be a list"),
    v.maxLength(MAX_ITEMS, `must have at most ${MAX_ITEMS} items`),
  );
}

export function oneOf<const T extends readonly string[]>(values: T) {
  return v.picklist(values, ({ input }) =>
    withNearMiss(`must be one of ${values.join(", ")}`, input, values),
  );
}

/** A mapping with exactly these keys. */
export function mapping<const T extends v.ObjectEntries>(entries: T) {
  const keys = Object.keys(entries);
  return v.strictObject(entries, ({ expected, input }) => {
    if (expected === "never") {
      return withNearMiss(
        "is not a key of the description",
        input,
        keys,
        `Keys here are ${keys.join(", ")}.`,
      );
    }
    return expected === "Object" ? "must be a mapping" : `needs ${String(expected).replaceAll('"', "")}`;
  });
}

/** A mapping whose keys the user chooses. */
export function named<const T extends v.GenericSchema>(key: RegExp, reason: string, value: T) {
  return v.pipe(
    v.record(textLike(key, reason), value, "must be a mapping of names"),
    v.maxEntries(MAX_ITEMS, `must have at most ${MAX_ITEMS} names`),
  );
}

function withNearMiss(
  reason: string,
  written: unknown,
  candidates: readonly string[],
  otherwise?: string,
): string {
  const near = typeof written === "string" ? findNearMiss(written, candidates) : undefined;
  const hint = near === undefined ? otherwise : `Did you mean ${near}?`;
  return hint === undefined ? reason : `${reason}\n${hint}`;
}
