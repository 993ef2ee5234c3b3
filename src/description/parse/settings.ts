import type { Setting } from "../description.ts";
import { DURATION_PATTERN, SIZE_PATTERN } from "../quantity.ts";
import type { WrittenSetting } from "../schema/settings.ts";
import type { Path } from "../source/source.ts";
import type { Context } from "./context.ts";
import { parseInnerPath } from "./inner-path.ts";

export function parseSettings(
  written: Readonly<Record<string, WrittenSetting>>,
  context: Context,
): Readonly<Record<string, Setting>> {
  return Object.fromEntries(
    Object.entries(written).map(([name, setting]) => [name, parseSetting(name, setting, context)]),
  );
}

function parseSetting(name: string, written: WrittenSetting, context: Context): Setting {
  const path = ["settings", name];
  const { type, generate, required = false, choices = [], help = "" } = written;
  const refuse = (key: string, reason: string, hint?: string) =>
    context.refuse([...path, key], reason, { hint });

  if (generate !== undefined && type !== "secret") {
    throw refuse("generate", `makes a secret, but type is ${type}`, "Set type to secret.");
  }
  if (type === "choice" && choices.length === 0) throw context.refuse(path, "needs choices");
  if (type !== "choice" && choices.length > 0) {
    throw refuse("choices", `belongs to the type choice, not ${type}`);
  }
  const hasKey = written.file?.includes("#");
  if (written.env !== undefined && hasKey) {
    const hint = "With env write the path alone: the variable then has its path. Or leave env out.";
    throw refuse("file", "contradicts env: a value goes to one of them", hint);
  }
  if (written.env === undefined && hasKey === false) {
    throw refuse("file", "must be path#key, or have env for the variable that tells its path");
  }
  const value = written.default;
  if (value !== undefined) {
    if (required) throw refuse("required", "contradicts default: with a default nobody has to give a value");
    if (generate !== undefined) throw refuse("default", "contradicts generate");
    if (type === "secret") {
      const reason = "must be left out of a secret, as the artifact would hold it";
      throw context.refuse([...path, "default"], reason, { isSecret: true });
    }
    const problem = DEFAULTS[type](value, choices);
    if (problem !== undefined) throw refuse("default", `${problem}, not ${JSON.stringify(value)}`);
  }
  return {
    type,
    default: value,
    isRequired: required,
    generate,
    choices,
    help: help.trim(),
    env: hasKey ? undefined : (written.env ?? name.toUpperCase()),
    file: parseSettingFile(written.file, [...path, "file"], context),
  };
}

type Check = (value: unknown, choices: readonly string[]) => string | undefined;

const isText = (value: unknown) => typeof value === "string";
const matches = (pattern: RegExp, reason: string): Check => {
  return (value) => (typeof value === "string" && pattern.test(value) ? undefined : reason);
};
const isBoolean: Check = (value) => (typeof value === "boolean" ? undefined : "must be true or false");

/** What is wrong with the default of each type. */
const DEFAULTS: Readonly<Record<Exclude<Setting["type"], "secret">, Check>> = {
  string: (value) => (isText(value) ? undefined : "must be text"),
  int: (value) => (typeof value === "number" ? undefined : "must be a whole number"),
  bool: isBoolean,
  flag: isBoolean,
  url: matches(/^[a-z][a-z0-9+.-]*:\S+$/, "must be a URL"),
  duration: matches(DURATION_PATTERN, "must be a number with ms, s, m, h or d"),
  size: matches(SIZE_PATTERN, "must be a number with B, kB, MB, GB, KiB, MiB or GiB"),
  list: (value) => (Array.isArray(value) ? undefined : "must be a list"),
  choice: (value, choices) =>
    isText(value) && choices.includes(String(value)) ? undefined : `must be one of ${choices.join(", ")}`,
};

function parseSettingFile(written: string | undefined, path: Path, context: Context): string | undefined {
  if (written === undefined) return undefined;
  const [file = "", key] = written.split("#");
  const inner = parseInnerPath(file, path, context);
  return key === undefined ? inner : `${inner}#${key}`;
}
