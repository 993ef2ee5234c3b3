import { AppError } from "../../errors/app-error.ts";

const EXCERPT_LINES = 30;
/** What uv says on the way that explains no error. */
const CHATTER = /^(Using |Resolved |Prepared |Creating |Downloading | *Downloaded | *Building | *Built )/;

interface Failure {
  /** Redacted. */
  readonly stderr: string;
  /** What it was about: `install the distributions`. */
  readonly goal: string;
  /** `cp311, x86_64`. */
  readonly target: string;
}

/** The error that a user can act on, from what uv says when it fails. Its texts are those of uv 0.5 to 0.13. */
export function translateUvFailure({ stderr, goal, target }: Failure): AppError {
  const excerpt = stderr
    .split("\n")
    .filter((line) => line.trim() !== "" && !CHATTER.test(line))
    .slice(-EXCERPT_LINES)
    .join("\n");
  // uv breaks lines for its layout; names are looked for in one long line.
  const text = excerpt.replaceAll(/\s+/g, " ");
  for (const translate of TRANSLATIONS) {
    const error = translate(text, { goal, target, excerpt });
    if (error !== undefined) return error;
  }
  return new AppError({ code: "resolve_failed", message: `cannot ${goal}: uv refused`, excerpt });
}

interface Context {
  readonly goal: string;
  readonly target: string;
  readonly excerpt: string;
}
type Translate = (text: string, context: Context) => AppError | undefined;

const TRANSLATIONS: readonly Translate[] = [
  translateHash,
  translateIndex,
  translateBuild,
  translateWheel,
  translateMetadata,
  translatePython,
  translateConflict,
  translateOwnBuild,
];

function translateHash(text: string, { goal, excerpt }: Context): AppError | undefined {
  const name = /Hash mismatch for `([^`]+)`/i.exec(text)?.[1];
  if (name === undefined) return undefined;
  return new AppError({
    code: "hash_mismatch",
    message: `cannot ${goal}: the file of ${name} on the index is not the one that was locked`,
    hint: "Find out why the file has changed; lock again only when you trust the new one.",
    excerpt,
    details: { distribution: name },
  });
}

const UNREACHABLE =
  /could not be queried|error sending request|Request failed after|dns error|tcp connect error|operation timed out|Network connectivity is disabled|HTTP status (client|server) error|Failed to fetch/i;

function translateIndex(text: string, { goal, excerpt }: Context): AppError | undefined {
  if (!UNREACHABLE.test(text)) return undefined;
  const address = /[a-z]+:\/\/(?:[^\s/]*@)?([^\s/)`'"]+)/i.exec(text)?.[1] ?? "the package index";
  const status = /\((4\d\d|5\d\d) ([A-Za-z ]+)\)/.exec(text);
  const isRefused = status?.[1] === "401" || status?.[1] === "403";
  const reason = status === null ? "does not answer" : `answers ${status[1]} ${status[2]}`;
  return new AppError({
    code: "index_unreachable",
    message: `cannot ${goal}: ${address} ${reason}`,
    hint: isRefused
      ? "Check the credentials for this index in its address, in ~/.netrc or in uv's configuration."
      : "Check the network, proxy and index settings (UV_DEFAULT_INDEX, uv.toml), then run the command again.",
    excerpt,
    details: { host: address, status: status?.[1] },
  });
}

function translateBuild(text: string, { goal, target, excerpt }: Context): AppError | undefined {
  const name = /Failed to (?:download and )?build `([^`]+)`/i.exec(text)?.[1];
  if (name === undefined) return undefined;
  return new AppError({
    code: "wheel_not_found",
    message: `cannot ${goal}: ${name} has no wheel for ${target}, and it does not build from its source here`,
    hint: "Install what its build needs, or choose a version that has a wheel.",
    excerpt,
    details: { distribution: name },
  });
}

function translateWheel(text: string, { goal, target, excerpt }: Context): AppError | undefined {
  const missing =
    /([\w.-]+(?:==[\w.+!-]+)?) has no (?:wheels with a matching|usable wheels|source distribution|`?wheels`?)/i.exec(
      text,
    )?.[1];
  if (missing === undefined) return undefined;
  const found =
    /Wheels are available for `[^`]+` \([^)]*\) (?:on|with) the following [\w ]+: ((?:`[^`]+`(?:, )?)+)/.exec(
      text,
    )?.[1];
  const tags = found?.replaceAll("`", "").replace(/, $/, "");
  return new AppError({
    code: "wheel_not_found",
    message: `cannot ${goal}: ${missing} has no wheel for ${target}${tags === undefined ? "" : `, only for ${tags}`}`,
    hint: "Choose a version that has a wheel for this target, or build for another Python with `--python`.",
    excerpt,
    details: { distribution: missing, target, tags: tags?.split(", ") ?? [] },
  });
}

function translateMetadata(text: string, { goal, excerpt }: Context): AppError | undefined {
  const [, name, version, reason] =
    /Metadata for `([^`]+)` \(v([^)]*)\) could not be parsed: (.+?)(?= hint:|$)/.exec(text) ?? [];
  if (name === undefined) return undefined;
  return new AppError({
    code: "resolve_failed",
    message: `cannot ${goal}: the metadata of ${name}==${version} cannot be read: ${reason}`,
    hint: "Choose another version of it, and tell those who publish it.",
    excerpt,
    details: { distribution: name },
  });
}

function translatePython(text: string, { goal, target, excerpt }: Context): AppError | undefined {
  const [, wanted] = /Python version \([^)]*\) does not satisfy Python([<>=~!][^\s,]*)/i.exec(text) ?? [];
  if (wanted === undefined) return undefined;
  const name = /\byou require (\S+?),?(?:\s|$)/i.exec(text)?.[1] ?? "a requirement";
  return new AppError({
    code: "resolve_failed",
    message: `cannot ${goal}: ${name} is for Python ${wanted}, and the target is ${target}`,
    hint: `Write \`python: "${wanted}"\` in the description, and such a Python is looked for; or choose another version of it.`,
    excerpt,
    details: { distribution: name, python: wanted },
  });
}

function translateConflict(text: string, { goal, excerpt }: Context): AppError | undefined {
  if (!/No solution found|unsatisfiable|not found in the package registry/i.test(text)) return undefined;
  return new AppError({
    code: "resolve_failed",
    message: `cannot ${goal}: the requirements do not fit together`,
    hint: "Change the requirement that the lines above name.",
    excerpt,
  });
}

/** Of a distribution that is built uv says the name: this is the application itself, whose backend says what it requires. */
function translateOwnBuild(text: string, { goal, excerpt }: Context): AppError | undefined {
  if (!/The build backend returned an error/i.test(text)) return undefined;
  return new AppError({
    code: "resolve_failed",
    message: `cannot ${goal}: the application's own build backend refused to say them`,
    hint: "Correct what it says; or, where the application need not be built, write `pip: requirements.txt`, without `.`.",
    excerpt,
  });
}
