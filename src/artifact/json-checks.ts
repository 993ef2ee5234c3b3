import { BrokenRule, quote } from "./broken-rule.ts";

/**
 * Turns a value from outside into a checked one. `at` is where it stands (`targets[0].plan`), for the message.
 * By hand and not by the schema library: that one drops keys such as `constructor` from records without a word.
 */
export type Check<Value> = (value: unknown, at: string) => Value;

export function fail(at: string, wanted: string, value: unknown): never {
  throw new BrokenRule(`${at} is ${quote(value)}, not ${wanted}`);
}

export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** A text that `rule` matches, said as `wanted`. */
export function text(rule: RegExp, wanted: string): Check<string> {
  return (value, at) => (typeof value === "string" && rule.test(value) ? value : fail(at, wanted, value));
}

export function integer(min: number, max: number): Check<number> {
  return (value, at) =>
    typeof value === "number" && Number.isSafeInteger(value) && value >= min && value <= max
      ? value
      : fail(at, `a number from ${min} to ${max}`, value);
}

export const boolean: Check<boolean> = (value, at) =>
  typeof value === "boolean" ? value : fail(at, "true or false", value);

export function oneOf<const Values extends readonly (string | number)[]>(
  ...values: Values
): Check<Values[number]> {
  return (value, at) =>
    values.find((one) => one === value) ?? fail(at, values.map(quote).join(" or "), value);
}

export function list<Value>(check: Check<Value>, min: number, max: number): Check<readonly Value[]> {
  return (value, at) => {
    if (!Array.isArray(value)) fail(at, "a list", value);
    if (value.length < min || value.length > max) {
      throw new BrokenRule(`${at} has ${value.length} items, and may have ${min} to ${max}`);
    }
    return value.map((item, index) => check(item, `${at}[${index}]`));
  };
}

/** Any keys that `key` accepts, each with a value that `check` accepts. */
export function record<Key extends string, Value>(
  key: Check<Key>,
  check: Check<Value>,
  max: number,
): Check<Readonly<Record<Key, Value>>> {
  return (value, at) => {
    if (!isRecord(value)) fail(at, "an object", value);
    const entries = Object.entries(value);
    if (entries.length > max) throw new BrokenRule(`${at} has ${entries.length} keys, and may have ${max}`);
    const checked = entries.map(([name, item]) => [
      key(name, `a key of ${at}`),
      check(item, `${at}[${quote(name)}]`),
    ]);
    // fromEntries forgets the type of keys, and makes own properties of whatever name
    return Object.fromEntries(checked) as Record<Key, Value>;
  };
}

type Checked<Checks> = {
  readonly [Key in keyof Checks]: Checks[Key] extends Check<infer Value> ? Value : never;
};

/** Exactly these keys, and no other; those of `optional` may be absent. */
export function object<
  Required extends Readonly<Record<string, Check<unknown>>>,
  Optional extends Readonly<Record<string, Check<unknown>>> = Readonly<Record<never, never>>,
>(required: Required, optional?: Optional): Check<Checked<Required> & Partial<Checked<Optional>>> {
  const checks = { ...required, ...optional };
  return (value, at) => {
    if (!isRecord(value)) fail(at, "an object", value);
    const unknown = Object.keys(value).find((key) => !Object.hasOwn(checks, key));
    if (unknown !== undefined) throw new BrokenRule(`${at} has the unknown key ${quote(unknown)}`);
    const missing = Object.keys(required).find((key) => !Object.hasOwn(value, key));
    if (missing !== undefined) throw new BrokenRule(`${at} lacks the key ${quote(missing)}`);
    const entries = Object.entries(checks).filter(([key]) => Object.hasOwn(value, key));
    const checked = entries.map(([key, check]) => [key, check(value[key], `${at}.${key}`)]);
    return Object.fromEntries(checked) as Checked<Required> & Partial<Checked<Optional>>; // as checked above
  };
}
