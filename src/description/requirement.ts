import { validRange } from "@renovatebot/pep440";

/** A requirement as PEP 508 has it. */
export interface Requirement {
  /** Normalized as PEP 503 says. */
  readonly name: string;
  /** Normalized, sorted. */
  readonly extras: readonly string[];
  /** PEP 440, without spaces; empty: any version. */
  readonly specifier: string;
  /** Instead of a specifier. Never with a password in it. */
  readonly url: string | undefined;
  /** What follows the `;`, as it was written. */
  readonly marker: string | undefined;
}

/** Why a text is no requirement: `must be …`. */
export interface RequirementProblem {
  readonly reason: string;
  readonly hint?: string;
}

/** PEP 503: lower case, each run of `-`, `_` and `.` one `-`. */
export function normalizeName(name: string): string {
  return name.toLowerCase().replaceAll(/[-_.]+/g, "-");
}

export function isRequirement(parsed: Requirement | RequirementProblem): parsed is Requirement {
  return "name" in parsed;
}

const NAME = /^([A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?)\s*(?:\[([^\]]*)\])?\s*(.*)$/s;
const EXTRA = /^[A-Za-z0-9]([A-Za-z0-9._-]*[A-Za-z0-9])?$/;

export function parseRequirement(text: string): Requirement | RequirementProblem {
  const trimmed = text.trim();
  const shown = JSON.stringify(trimmed);
  if (/^(git|hg|svn|bzr)\+|^https?:/.test(trimmed)) {
    return { reason: "must name the distribution of an address", hint: "Write it as `name @ address`." };
  }
  const [, name, extras = "", rest = ""] = NAME.exec(trimmed) ?? [];
  if (name === undefined) return { reason: `must be a requirement, such as flask>=3, not ${shown}` };
  const extraNames = extras.split(",").map((extra) => extra.trim());
  if (extras.trim() !== "" && !extraNames.every((extra) => EXTRA.test(extra))) {
    return { reason: `must have names between [ and ], not ${shown}` };
  }
  const tail = parseTail(rest.trim(), shown);
  if ("reason" in tail) return tail;
  const named = extraNames.filter((extra) => extra !== "").map(normalizeName);
  return { name: normalizeName(name), extras: [...new Set(named)].sort(), ...tail };
}

type Tail = Pick<Requirement, "specifier" | "url" | "marker">;

/** What follows name and extras: a specifier or an address, then a marker. */
function parseTail(rest: string, shown: string): Tail | RequirementProblem {
  if (rest.startsWith("@")) {
    // A `;` belongs to the address unless a space stands before it.
    const [, url = "", marker] = /^@\s*(\S+)(?:\s+;\s*(.*))?$/s.exec(rest) ?? [];
    if (!/^[a-z][a-z0-9+.-]*:/.test(url)) return { reason: `must have an address after @, not ${shown}` };
    if (url.startsWith("file:")) {
      return { reason: "must have an address that others have as well", hint: "Name it as an index has it." };
    }
    if (holdsCredentials(url)) {
      return {
        reason: "must have no user name or password in its address",
        hint: "Put them into the netrc or keyring of the machine that builds.",
      };
    }
    return markerProblem(marker, shown) ?? { specifier: "", url, marker: marker?.trim() };
  }
  const [before = "", ...after] = rest.split(";");
  const marker = after.length === 0 ? undefined : after.join(";").trim();
  const [, inner] = /^\((.*)\)$/s.exec(before.trim()) ?? [];
  const specifier = (inner ?? before).replaceAll(/\s+/g, "").replace(/,$/, "");
  const single = /^=([^=].*)$/.exec(specifier);
  if (single) return { reason: `must be a requirement, not ${shown}`, hint: `Write == instead of =.` };
  if (specifier !== "" && !validRange(specifier)) {
    return { reason: `must be a requirement with a PEP 440 specifier, such as flask>=3, not ${shown}` };
  }
  return markerProblem(marker, shown) ?? { specifier, url: undefined, marker };
}

function holdsCredentials(url: string): boolean {
  const [, scheme = "", user = ""] = /^([^:]+):\/\/([^/@]*)@/.exec(url) ?? [];
  // `git+ssh://git@…` names an account that everybody uses.
  return user !== "" && (user.includes(":") || !scheme.endsWith("ssh")) ? true : url.includes("${");
}

const MARKER_TOKEN =
  /^(?:\s+|[()]|(?:and|or|not|in)\b|[<>=!~]=?=?|'[^']*'|"[^"]*"|(?:python_version|python_full_version|os_name|sys_platform|platform_(?:release|system|version|machine|python_implementation)|implementation_(?:name|version)|extra|extras|dependency_groups)\b)/;

/** Its words are checked, not how they stand together: the resolver reads it again. */
function markerProblem(marker: string | undefined, shown: string): RequirementProblem | undefined {
  if (marker === undefined) return undefined;
  let rest = marker;
  while (rest !== "") {
    const [token] = MARKER_TOKEN.exec(rest) ?? [];
    if (token === undefined) return { reason: `must have an environment marker after ;, not ${shown}` };
    rest = rest.slice(token.length);
  }
  return marker === "" ? { reason: `must have an environment marker after ;, not ${shown}` } : undefined;
}

/** One line, as PEP 508 has it. */
export function renderRequirement({ name, extras, specifier, url, marker }: Requirement): string {
  const what = `${name}${extras.length === 0 ? "" : `[${extras.join(",")}]`}`;
  const source = url === undefined ? specifier : ` @ ${url}`;
  return `${what}${source}${marker === undefined ? "" : ` ; ${marker}`}`;
}
