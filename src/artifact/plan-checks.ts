import { type Check, fail, text } from "./json-checks.ts";
import { checkRelativePath } from "./layer-path.ts";

// What docs/plan.md says of values that stand in several places of a plan.

export const MAX_NAMES = 1000;

/** What users type after the artifact's name: never an option, never a path. */
export const name: Check<string> = (value, at) => {
  const rule = /^(?!-)[^\p{Cc}\s/\\]{1,100}$/u;
  return typeof value === "string" && rule.test(value) && value !== "." && value !== ".."
    ? value
    : fail(at, "a name: 1 to 100 characters, no white space, no slash, no - in front", value);
};

export const line = text(/^[^\p{Cc}]{0,1000}$/u, "one line of at most 1000 characters");

export const path: Check<string> = (value, at) => {
  if (typeof value !== "string" || value.length > 4096) fail(at, "a path", value);
  checkRelativePath(value);
  return value;
};

export const pathOrRoot: Check<string> = (value, at) => (value === "." ? value : path(value, at));
