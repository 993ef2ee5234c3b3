import * as v from "valibot";
import type { AppError } from "../../errors/app-error.ts";
import { FIELDS, SCHEMA, type Written } from "../schema/schema.ts";
import type { Path } from "../source/source.ts";
import type { Context } from "./context.ts";

/** Keys and types; what the keys mean is checked after. */
export function checkShape(value: unknown, context: Context): Written {
  if (value === undefined) return {};
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw context.refuse([], "must be a mapping of keys and values", { hint: "Write `key: value` lines." });
  }
  // A key without a value is an absent key.
  const present = Object.fromEntries(Object.entries(value).filter(([, part]) => part !== null));
  refuseReserved(present, [], context);
  for (const { name, type } of FIELDS) {
    if (type.type === "record" && Array.isArray(present[name])) {
      throw context.refuse([name], "must be a mapping of names, not a list");
    }
  }
  const result = v.safeParse(SCHEMA, present);
  // SCHEMA is made of the types of the records, which `Written` is made of too.
  if (result.success) return result.output as Written;
  throw refuseIssue(result.issues.find(isUnknownKey) ?? result.issues[0], context);
}

/** Names that a JavaScript object has already; the checks would pass over them in silence. */
function refuseReserved(value: unknown, path: Path, context: Context): void {
  if (typeof value !== "object" || value === null) return;
  for (const [key, part] of Object.entries(value)) {
    const at = [...path, Array.isArray(value) ? Number(key) : key];
    const isReserved = ["__proto__", "constructor", "prototype"].includes(key);
    if (isReserved) throw context.refuse(at, "is a reserved name", { part: "key" });
    refuseReserved(part, at, context);
  }
}

function refuseIssue(first: v.BaseIssue<unknown>, context: Context): AppError {
  const { issue, path } = deepest(first, []);
  const [message = "", hint] = issue.message.split("\n");
  const isKey = issue.path?.at(-1)?.origin === "key";
  if (isListAsMapping(issue)) {
    return context.refuse(path.slice(0, -1), "must be a mapping, not a list");
  }
  if (message.startsWith("needs ")) return context.refuse(path.slice(0, -1), message);
  if (isKey) return context.refuse(path, message, { hint, part: "key" });
  return context.refuse(path, `${message}, not ${show(issue.input)}`, { hint });
}

/** Said first: a key that is missing is often there with a wrong name. */
function isUnknownKey(issue: v.BaseIssue<unknown>): boolean {
  return issue.type === "strict_object" && issue.expected === "never";
}

/** To the schemas a list is a mapping with the keys 0, 1, … */
function isListAsMapping(issue: v.BaseIssue<unknown>): boolean {
  return issue.type === "strict_object" && Array.isArray(issue.path?.at(-1)?.input);
}

interface Located {
  readonly issue: v.BaseIssue<unknown>;
  readonly path: Path;
}

/** Of a union, the variant that fitted best is the one whose fault lies deepest. */
function deepest(issue: v.BaseIssue<unknown>, above: Path): Located {
  const keys = (issue.path ?? []).map(({ key }) => (typeof key === "number" ? key : String(key)));
  const path = [...above, ...keys];
  const nested = (issue.issues ?? [])
    .filter((inner) => !isListAsMapping(inner))
    .map((inner) => deepest(inner, path));
  const rank = ({ path: { length }, issue: inner }: Located) => 2 * length + (isUnknownKey(inner) ? 1 : 0);
  const best = nested.sort((a, b) => rank(b) - rank(a))[0];
  if (best && best.path.length > path.length) return best;
  // A word among other kinds of value: the list of words says more than the kinds.
  const word = nested.find(
    (inner) => inner.issue.type === "picklist" && typeof inner.issue.input === "string",
  );
  return word ?? { issue, path };
}

function show(value: unknown): string {
  if (value === null || value === undefined) return "nothing";
  if (Array.isArray(value)) return value.length === 0 ? "an empty list" : "a list";
  if (typeof value === "object") return value instanceof Date ? "a date" : "a mapping";
  const text = JSON.stringify(value);
  return text.length > 60 ? `${text.slice(0, 60)}…` : text;
}
