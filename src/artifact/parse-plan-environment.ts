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
import { checkRelativePath } from "./layer-path.ts";
import {
  MOMENTS,
  type PlannedMail,
  type PlannedMoment,
  type PlannedSchedule,
  type PlannedService,
  type PlannedSetting,
  SETTING_TYPES,
  type SettingType,
  type SettingValue,
} from "./plan.ts";
import { line, MAX_NAMES, name, pathOrRoot } from "./plan-checks.ts";

// The parts of a plan that say what an environment supplies: docs/plan.md. Names of commands are compared by parse-plan.ts.
const MAX_MAIL_BYTES = 1024 ** 3;

const key = text(/^[A-Za-z][A-Za-z0-9_]{0,63}$/, "a name of letters, digits and _, at most 64");
const variable = text(/^[A-Za-z_][A-Za-z0-9_]{0,127}$/, "the name of an environment variable");
const value = text(/^[^\0]{0,65536}$/u, "text without NUL of at most 65536 characters");
const commandName = text(/^[\s\S]{1,100}$/u, "the name of a command");

const anyInteger = integer(Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER);

/** Of the types that are not text. */
const DEFAULTS: Readonly<Partial<Record<SettingType, Check<SettingValue>>>> = {
  int: anyInteger,
  bool: boolean,
  flag: boolean,
  list: list(value, 0, MAX_NAMES),
};

const shape = object(
  { type: oneOf(...SETTING_TYPES), help: line, isRequired: boolean },
  {
    default: (given: unknown): unknown => given,
    generate: oneOf("secret"),
    choices: list(value, 1, MAX_NAMES),
    env: variable,
    file: value,
  },
);

const setting: Check<PlannedSetting> = (given, at) => {
  const { default: written, ...rest } = shape(given, at);
  const { type, generate, choices, env, file } = rest;
  if (env === undefined && file === undefined) throw new BrokenRule(`${at} has neither env nor file`);
  if (file !== undefined) checkFile(file, { hasVariable: env !== undefined }, `${at}.file`);
  if (generate !== undefined && type !== "secret")
    fail(`${at}.generate`, `absent, as its type is ${type}`, generate);
  if ((choices !== undefined) !== (type === "choice")) {
    throw new BrokenRule(`${at}.choices ${choices ? "is there" : "is missing"}, and its type is ${type}`);
  }
  if (!isRecord(given) || !Object.hasOwn(given, "default")) return rest;
  if (type === "secret") throw new BrokenRule(`${at}.default is there, and its type is secret`);
  return { ...rest, default: (DEFAULTS[type] ?? value)(written, `${at}.default`) };
};

function checkFile(file: string, { hasVariable }: { readonly hasVariable: boolean }, at: string): void {
  const [, path = "", place] = /^([^#]*)(?:#([^\p{Cc}]{1,200}))?$/u.exec(file) ?? fail(at, "PATH#KEY", file);
  if ((place === undefined) !== hasVariable) fail(at, hasVariable ? "a path alone" : "PATH#KEY", file);
  if (path.length > 4096) fail(at, "a path", path);
  checkRelativePath(path);
}

export const parseSettings: Check<Readonly<Record<string, PlannedSetting>>> = record(key, setting, MAX_NAMES);

const parts = record(
  variable,
  text(/^(?:[a-z]{1,40}|[a-z][a-z0-9+.-]{0,39}:\/\/)$/, "a part of a service, or a scheme with ://"),
  MAX_NAMES,
);

export const parseServices: Check<Readonly<Record<string, PlannedService>>> = record(
  key,
  object(
    { type: text(/^[a-z][a-z0-9_]{0,39}$/, "the name of a kind of service") },
    {
      env: (given: unknown, at: string) => (isRecord(given) ? parts(given, at) : variable(given, at)),
      password: oneOf("none"),
      quotaBytes: integer(1, Number.MAX_SAFE_INTEGER),
    },
  ),
  MAX_NAMES,
);

export const parseSchedule: Check<Readonly<Record<string, PlannedSchedule>>> = record(
  name,
  object({ cron: text(/^[^\p{Cc}]{1,200}$/u, "a time as crontab has it"), command: commandName }),
  MAX_NAMES,
);

const moment: Check<PlannedMoment> = object(
  { command: commandName },
  { isCompatible: isTrue, hasOwnData: isTrue },
);
/** The only moment that may have it. */
const OF_MOMENT = { isCompatible: "migrate", hasOwnData: "unit_test" } as const;

export const parseLifecycle: Check<Readonly<Partial<Record<(typeof MOMENTS)[number], PlannedMoment>>>> = (
  given,
  at,
) => {
  const checked = record(oneOf(...MOMENTS), moment, MOMENTS.length)(given, at);
  for (const key of ["isCompatible", "hasOwnData"] as const) {
    const wrong = MOMENTS.find((each) => each !== OF_MOMENT[key] && checked[each]?.[key]);
    if (wrong !== undefined)
      throw new BrokenRule(`${at}.${wrong} has ${key}, which belongs to ${OF_MOMENT[key]}`);
  }
  return checked;
};

function isTrue(given: unknown, at: string): true {
  return given === true ? given : fail(at, "true", given);
}

export const parseMail: Check<PlannedMail> = object(
  { command: commandName },
  { maxBytes: integer(1, MAX_MAIL_BYTES) },
);

export const parseStatic: Check<Readonly<Record<string, string>>> = record(
  text(/^\/[^\s\p{Cc}]{0,2000}$/u, "a path that starts with /"),
  pathOrRoot,
  MAX_NAMES,
);
