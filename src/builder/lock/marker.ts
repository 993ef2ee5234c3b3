import { satisfies, valid } from "@renovatebot/pep440";
import { lockInvalid } from "./lock.ts";

/** The variables of PEP 508, as the target's interpreter gives them. */
export type MarkerEnvironment = Readonly<Record<string, string>>;

type Token = { readonly kind: "text" | "word" | "operator"; readonly text: string };

const TOKEN = /\s*(?:'([^']*)'|"([^"]*)"|(===|==|~=|!=|<=|>=|<|>|\(|\))|([A-Za-z_][\w.]*))/y;
const DEPTH_LIMIT = 50;

/**
 * Whether what is written in a file holds here; without a marker it always does.
 *
 * @throws AppError `lock_invalid`.
 */
export function holds(
  marker: string | undefined,
  environment: MarkerEnvironment,
  { path, hint }: { readonly path: string; readonly hint: string },
): boolean {
  try {
    return marker === undefined || isMarkerTrue(marker, environment);
  } catch (cause) {
    throw lockInvalid(path, cause instanceof Error ? cause.message : String(cause), hint, cause);
  }
}

/**
 * Whether an environment marker (PEP 508) holds. `extra`, `extras` and `dependency_groups` are empty: a lock is read
 * for the application as it is.
 *
 * @throws Error when the text is not a marker.
 */
export function isMarkerTrue(marker: string, environment: MarkerEnvironment): boolean {
  const tokens = tokenize(marker);
  let position = 0;
  const peek = () => tokens[position]?.text;
  const isNext = (kind: Token["kind"], text: string) =>
    tokens[position]?.kind === kind && tokens[position]?.text === text;

  const parseOr = (depth: number): boolean => {
    let value = parseAnd(depth);
    while (isNext("word", "or")) {
      position += 1;
      const right = parseAnd(depth);
      value ||= right;
    }
    return value;
  };
  const parseAnd = (depth: number): boolean => {
    let value = parseOne(depth);
    while (isNext("word", "and")) {
      position += 1;
      const right = parseOne(depth);
      value &&= right;
    }
    return value;
  };
  const parseOne = (depth: number): boolean => {
    if (depth > DEPTH_LIMIT) throw new Error(`the marker ${marker} has too many parentheses`);
    if (isNext("operator", "(")) {
      position += 1;
      const value = parseOr(depth + 1);
      if (!isNext("operator", ")")) throw new Error(`the marker ${marker} lacks a parenthesis`);
      position += 1;
      return value;
    }
    const left = tokens[position];
    position += 1;
    const operator = takeOperator();
    const right = tokens[position];
    position += 1;
    if (left === undefined || right === undefined) throw new Error(`the marker ${marker} ends too early`);
    return compare(left, operator, right, environment);
  };
  const takeOperator = () => {
    const first = peek() ?? "";
    position += 1;
    if (first !== "not") return first;
    position += 1;
    return tokens[position - 1]?.text === "in" ? "not in" : "";
  };

  const value = parseOr(0);
  if (position !== tokens.length) throw new Error(`the marker ${marker} goes on after its end: ${peek()}`);
  return value;
}

function tokenize(marker: string): Token[] {
  const tokens: Token[] = [];
  const text = marker.trimEnd();
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < text.length) {
    const start = TOKEN.lastIndex;
    const match = TOKEN.exec(text);
    if (match === null) throw new Error(`the marker ${marker} cannot be read from "${text.slice(start)}" on`);
    const quoted = match[1] ?? match[2];
    if (quoted !== undefined) tokens.push({ kind: "text", text: quoted });
    else if (match[3] !== undefined) tokens.push({ kind: "operator", text: match[3] });
    else tokens.push({ kind: "word", text: match[4] ?? "" });
  }
  return tokens;
}

const COMPARE: Readonly<Record<string, (left: string, right: string) => boolean>> = {
  "==": (left, right) => left === right,
  "===": (left, right) => left === right,
  "!=": (left, right) => left !== right,
  "<": (left, right) => left < right,
  "<=": (left, right) => left <= right,
  ">": (left, right) => left > right,
  ">=": (left, right) => left >= right,
};
const MIRRORED: Readonly<Record<string, string>> = { "<": ">", "<=": ">=", ">": "<", ">=": "<=" };
const VERSION_VARIABLES = [
  "python_version",
  "python_full_version",
  "implementation_version",
  "platform_release",
];
const EMPTY_VARIABLES = ["extra", "extras", "dependency_groups"];

function compare(left: Token, operator: string, right: Token, environment: MarkerEnvironment): boolean {
  const [a, b] = [meaningOf(left, environment), meaningOf(right, environment)];
  const isListed = (list: Token) =>
    list.kind === "word" && EMPTY_VARIABLES.includes(list.text) ? "" : undefined;
  if (operator === "in") return isListed(right) === undefined && b.includes(a);
  if (operator === "not in") return isListed(right) !== undefined || !b.includes(a);
  // PEP 508: versions are compared as PEP 440 has it where that is possible, everything else as text.
  const isVersioned = [left, right].some(
    ({ kind, text }) => kind === "word" && VERSION_VARIABLES.includes(text),
  );
  if (isVersioned) {
    if (left.kind === "word" && valid(plain(a)) && isSpecifier(b))
      return satisfies(plain(a), `${operator}${b}`, { prereleases: true });
    const mirrored = MIRRORED[operator] ?? operator;
    if (right.kind === "word" && valid(plain(b)) && valid(a))
      return satisfies(plain(b), `${mirrored}${a}`, { prereleases: true });
  }
  const decide = COMPARE[operator];
  if (decide === undefined) throw new Error(`${operator} is no operator of a marker`);
  return decide(a, b);
}

function isSpecifier(text: string): boolean {
  return valid(text.replace(/\.\*$/, "")) !== null;
}

/** A Python built from its repository calls itself `3.13.0+`, which is no version. */
function plain(version: string): string {
  return version.replace(/\+$/, "");
}

function meaningOf({ kind, text }: Token, environment: MarkerEnvironment): string {
  if (kind === "text") return text;
  if (EMPTY_VARIABLES.includes(text)) return "";
  // Names from before PEP 508 (`os.name`, `sys.platform`, `platform.machine`, `python_implementation`).
  const name =
    text === "python_implementation" ? "platform_python_implementation" : text.replaceAll(".", "_");
  const value = Object.hasOwn(environment, name) ? environment[name] : undefined;
  if (value === undefined || kind === "operator") throw new Error(`${text} is no variable of a marker`);
  return value;
}
