import type { PlannedSetting, SettingValue } from "../../artifact/plan.ts";
import { AppError } from "../../errors/app-error.ts";
import { findNearMiss } from "../../errors/near-miss.ts";
import { parseSettingText, renderSettingText } from "./value.ts";

type PlannedSettings = Readonly<Record<string, PlannedSetting>>;
type Texts = Readonly<Record<string, string | undefined>>;

export interface SettingSources {
  /** By the setting's name: values that the environment has made. */
  readonly generated: Texts;
  /** By the variable's name. */
  readonly file: Texts;
  /** As the user named it. */
  readonly filePath: string;
  /** Of the caller, by the variable's name. */
  readonly environment: Texts;
  /** By the setting's name. */
  readonly set: Texts;
  /** By the setting's name, from a program. */
  readonly values?: Texts;
}

export interface ResolvedSetting {
  readonly name: string;
  readonly planned: PlannedSetting;
  /** Undefined: nobody gave one, and none is needed. */
  readonly value: SettingValue | undefined;
  readonly source: "default" | "generated" | "file" | "environment" | "set" | "none";
  /** The file or variable that says it: for people. */
  readonly origin: string;
  readonly isSecret: boolean;
}

/** What a setting is called in a settings file and in the environment of the caller. */
export function variableOf(name: string, { env, file }: PlannedSetting): string {
  return env === undefined || file !== undefined ? name.toUpperCase() : env;
}

/**
 * The value of each setting and where it came from; docs/environment.md has the order. A value that is not given is not
 * an error here: `requireSettings` is for whoever starts something.
 * @throws AppError `setting_invalid` for a value of the wrong type, `setting_unknown` for a name of `set`.
 */
export function resolveSettings(
  settings: PlannedSettings,
  sources: SettingSources,
): readonly ResolvedSetting[] {
  const named = [...Object.keys(sources.set), ...Object.keys(sources.values ?? {})];
  const unknown = named.find((name) => !Object.hasOwn(settings, name));
  if (unknown !== undefined) throw settingUnknown(unknown, Object.keys(settings));
  return Object.entries(settings).map(([name, planned]) => resolve(name, planned, sources));
}

function resolve(name: string, planned: PlannedSetting, sources: SettingSources): ResolvedSetting {
  const isSecret = planned.type === "secret";
  const variable = variableOf(name, planned);
  const given = (
    [
      ["set", sources.values?.[name], `the option settings.${name}`],
      ["set", sources.set[name], `--set ${name}`],
      ["environment", sources.environment[variable], variable],
      ["file", sources.file[variable], `${sources.filePath}: ${variable}`],
      ["generated", sources.generated[name], "generated"],
    ] as const
  ).find(([, text]) => text !== undefined);
  if (given === undefined) {
    const source = planned.default === undefined ? "none" : "default";
    return { name, planned, value: planned.default, source, origin: source, isSecret };
  }
  const [source, text = "", origin] = given;
  const parsed = parseSettingText(text, planned);
  if ("value" in parsed) return { name, planned, value: parsed.value, source, origin, isSecret };
  throw new AppError({
    code: "setting_invalid",
    message: `cannot use the setting ${name}: ${origin} ${parsed.problem}${isSecret ? "" : `, not ${quote(text)}`}`,
    hint: "Correct it; `holdall settings` shows all of them and where they come from.",
    details: { setting: name, source, origin },
  });
}

/** @throws AppError `setting_missing`, naming each that is required and has no value. */
export function requireSettings(resolved: readonly ResolvedSetting[]): void {
  const missing = resolved.filter(({ planned, value }) => planned.isRequired && value === undefined);
  if (missing.length === 0) return;
  const names = missing.map(({ name }) => name);
  const [first] = missing;
  const variable = first === undefined ? "" : variableOf(first.name, first.planned);
  throw new AppError({
    code: "setting_missing",
    message: `cannot start the application: nobody has set ${names.join(", ")}`,
    hint: `Write \`${variable}=…\` into the settings file (.env), or export it; \`holdall settings\` shows all of them.`,
    details: { settings: names },
  });
}

/** For people and `--json`: a secret is masked. */
export function showSetting({ value, isSecret }: ResolvedSetting): string | undefined {
  if (value === undefined) return undefined;
  return isSecret ? "********" : renderSettingText(value);
}

function settingUnknown(name: string, known: readonly string[]): AppError {
  const near = findNearMiss(name, known);
  return new AppError({
    code: "setting_unknown",
    message: `cannot set ${name}: the application has no setting of that name`,
    hint: near === undefined ? "`holdall settings` lists those that it has." : `Did you mean ${near}?`,
    details: { setting: name, nearMiss: near },
  });
}

function quote(text: string): string {
  return JSON.stringify(text.length > 80 ? `${text.slice(0, 80)}…` : text);
}
