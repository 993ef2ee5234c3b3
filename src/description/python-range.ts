import { validRange } from "@renovatebot/pep440";

/**
 * A PEP 440 specifier for Python's version, without spaces; a version alone is that series (`3.11`: `==3.11.*`).
 * Undefined when it is neither.
 */
export function parsePythonRange(text: string): string | undefined {
  const range = text.replaceAll(/\s+/g, "");
  if (/^\d+(\.\d+)?$/.test(range)) return `==${range}.*`;
  if (/^\d+\.\d+\.\d+$/.test(range)) return `==${range}`;
  return range !== "" && validRange(range) ? range : undefined;
}

/**
 * A version constraint of poetry as a PEP 440 specifier: `^1.2` is `>=1.2,<2`, `~1.2` is `>=1.2,<1.3`, `*` is any
 * (an empty text). Undefined for what has no equal, such as `^2 || ^3`.
 */
export function parsePoetryRange(text: string): string | undefined {
  if (text.includes("|")) return undefined;
  const parts = text
    .replaceAll(/([~^<>=!])\s+/g, "$1")
    .split(/[\s,]+/)
    .filter((part) => part !== "" && part !== "*")
    .map(poetryPart);
  const range = parts.join(",");
  return range === "" || validRange(range) ? range : undefined;
}

function poetryPart(part: string): string {
  const [, sign, version = ""] = /^(\^|~(?!=))(.*)$/.exec(part) ?? [];
  if (sign === undefined) return /^[\d]/.test(part) ? `==${part}` : part;
  const numbers = version.split(".").map(Number);
  // ^ keeps the first number that is not zero (or the last that is written), ~ the first two.
  const firstSet = numbers.findIndex((number) => number !== 0);
  const kept =
    sign === "^" ? (firstSet === -1 ? numbers.length - 1 : firstSet) : Math.min(1, numbers.length - 1);
  const limit = numbers.slice(0, kept + 1).map((number, at) => (at === kept ? number + 1 : number));
  return `>=${version},<${limit.join(".")}`;
}
