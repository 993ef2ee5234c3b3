import { BrokenRule } from "./broken-rule.ts";
import {
  boolean,
  type Check,
  fail,
  integer,
  isRecord,
  list,
  object,
  oneOf,
  record,
  text,
} from "./json-checks.ts";
import { INTERPRETER_NAME } from "./layer-path.ts";
import {
  parseLifecycle,
  parseMail,
  parseSchedule,
  parseServices,
  parseSettings,
  parseStatic,
} from "./parse-plan-environment.ts";
import { type Command, PLACEHOLDERS, type Plan, type Process, type SystemPackages } from "./plan.ts";
import { line, MAX_NAMES, name, path, pathOrRoot } from "./plan-checks.ts";

const WORD = "[\\p{L}_][\\p{L}\\p{N}_]*";
const DOTTED = `${WORD}(?:\\.${WORD})*`;

const dotted = text(new RegExp(`^${DOTTED}$`, "u"), "a dotted Python name");
const entryPoint = text(new RegExp(`^${DOTTED}:${DOTTED}$`, "u"), "module:function");
const origin = oneOf("own", "platform");

/** It becomes a file in the release's `bin`. */
const scriptName: Check<string> = (value, at) => {
  const script = text(/^[A-Za-z0-9_][A-Za-z0-9._-]{0,99}$/, "a file name of A-Z a-z 0-9 . _ -")(value, at);
  return INTERPRETER_NAME.test(script) ? fail(at, "free: it names the interpreter", script) : script;
};

const PIECES = new RegExp(`^(?:[^{}\\0]|\\{\\{|\\}\\}|\\{(?:${PLACEHOLDERS.join("|")})\\})*$`, "u");

const word: Check<string> = (value, at) =>
  typeof value === "string" && value.length <= 65_536 && PIECES.test(value)
    ? value
    : fail(
        at,
        `a word whose braces are {{, }} or one of ${PLACEHOLDERS.map((p) => `{${p}}`).join(", ")}`,
        value,
      );

const argv: Check<readonly string[]> = (value, at) => {
  const words = list(word, 1, 1000)(value, at);
  return words[0] === "" ? fail(`${at}[0]`, "a program", "") : words;
};

const COMMANDS = {
  argv: object({ kind: oneOf("argv"), argv, help: line, origin }),
  url: object({
    kind: oneOf("url"),
    path: text(/^\/[^\s\p{Cc}]{0,2000}$/u, "a path that starts with /"),
    help: line,
    origin,
  }),
  sql: object({ kind: oneOf("sql"), database: name, files: list(path, 1, MAX_NAMES), help: line, origin }),
} satisfies Record<Command["kind"], Check<Command>>;

const command: Check<Command> = (value, at) => {
  if (!isRecord(value)) fail(at, "an object", value);
  const kind = oneOf("argv", "url", "sql")(value["kind"], `${at}.kind`);
  return COMMANDS[kind](value, at);
};

const process: Check<Process> = (value, at) => {
  const checked = object({ argv, instances: integer(1, 1000), overlap: oneOf("allowed", "never") })(
    value,
    at,
  );
  if (checked.overlap === "never" && checked.instances !== 1) {
    throw new BrokenRule(`${at} has ${checked.instances} instances, and may have 1 when overlap is "never"`);
  }
  return checked;
};

const packageNames: Check<readonly string[]> = (value, at) => {
  const packageName = text(/^[A-Za-z0-9][A-Za-z0-9+._-]{0,199}$/, "a package's name");
  const names = list(packageName, 0, MAX_NAMES)(value, at);
  if (new Set(names).size !== names.length) throw new BrokenRule(`${at} has a name twice`);
  return names;
};

const systemPackages: Check<SystemPackages> = (value, at) => {
  const packages = object({ deb: packageNames, rpm: packageNames })(value, at);
  if (packages.deb.length + packages.rpm.length === 0) throw new BrokenRule(`${at} names no package`);
  return packages;
};

const parts = object(
  {
    importPath: list(pathOrRoot, 0, 100),
    scripts: record(scriptName, entryPoint, MAX_NAMES),
    commands: record(name, command, MAX_NAMES),
    processes: record(name, process, MAX_NAMES),
    objects: record(
      name,
      object({
        interface: oneOf("wsgi", "asgi", "python"),
        module: dotted,
        attribute: dotted,
        isFactory: boolean,
      }),
      MAX_NAMES,
    ),
  },
  {
    workingDirectory: oneOf("app"),
    systemPackages,
    settings: parseSettings,
    services: parseServices,
    schedule: parseSchedule,
    lifecycle: parseLifecycle,
    mail: parseMail,
    static: parseStatic,
  },
);

/** The rules of docs/plan.md. @throws BrokenRule; `at` is where the plan stands. */
export const parsePlan: Check<Plan> = (value, at) => {
  const plan: Plan = parts(value, at);
  checkTogether(plan, at);
  return plan;
};

/** What is right by itself and wrong together. */
function checkTogether(plan: Plan, at: string): void {
  const named = [
    ...Object.entries(plan.schedule ?? {}).map(([key, { command }]) => [`schedule.${key}`, command] as const),
    ...Object.entries(plan.lifecycle ?? {}).map(
      ([key, { command }]) => [`lifecycle.${key}`, command] as const,
    ),
    ...(plan.mail ? [["mail", plan.mail.command] as const] : []),
  ];
  for (const [place, command] of named) {
    if (!Object.hasOwn(plan.commands, command))
      fail(`${at}.${place}.command`, "a command of the plan", command);
  }
  const variables = [...Object.values(plan.settings ?? {}), ...Object.values(plan.services ?? {})].flatMap(
    ({ env = [] }) => (typeof env === "string" ? env : Object.keys(env)),
  );
  const twice = variables.find((variable, index) => variables.indexOf(variable) !== index);
  if (twice !== undefined) throw new BrokenRule(`${at} puts two values into the variable ${twice}`);
}
