import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Plan, SettingValue } from "../../artifact/plan.ts";
import { AppError } from "../../errors/app-error.ts";
import { errnoOf } from "../../system/file-errors.ts";
import type { Directories } from "../directories/directories.ts";
import type { Variables } from "../inject.ts";
import { ensureGenerated, readGenerated } from "./generate.ts";
import { type ResolvedSetting, resolveSettings, variableOf } from "./resolve-settings.ts";
import { readSettingsFile, SETTINGS_FILE } from "./settings-file.ts";
import { renderSettingText } from "./value.ts";

export interface SettingOptions {
  /** Of the caller. */
  readonly env: Readonly<NodeJS.ProcessEnv>;
  /** As the user named it; default: `.env` in the base, when it is there. */
  readonly settingsFile?: string | undefined;
  /** `NAME=VALUE` each, `NAME=@FILE` for secrets. */
  readonly set?: readonly string[];
  /** By the setting's name, from a program that uses the library; they win over all others. */
  readonly values?: Readonly<Record<string, SettingValue>> | undefined;
}

export interface GatheredSettings {
  readonly resolved: readonly ResolvedSetting[];
  /** What the settings file has besides settings: it reaches the application, and services, as it is. */
  readonly others: Variables;
}

/**
 * Reads all sources; changes nothing.
 * @throws AppError `setting_invalid`, `setting_unknown`, `settings_unreadable`.
 */
export async function gatherSettings(
  { settings = {} }: Pick<Plan, "settings">,
  directories: Pick<Directories, "base" | "settings">,
  { env, settingsFile, set = [], values = {} }: SettingOptions,
): Promise<GatheredSettings> {
  const file = await readSettingsFile(settingsFile ?? join(directories.base, SETTINGS_FILE));
  if (file === undefined && settingsFile !== undefined) {
    throw new AppError({
      code: "settings_unreadable",
      message: `cannot read the settings file ${settingsFile}: there is no such file`,
      details: { file: settingsFile },
    });
  }
  const resolved = resolveSettings(settings, {
    generated: await readGenerated(settings, directories.settings),
    file: file ?? {},
    filePath: settingsFile ?? SETTINGS_FILE,
    environment: env,
    set: await parseSet(set, settings),
    values: Object.fromEntries(
      Object.entries(values).map(([name, value]) => [name, renderSettingText(value)]),
    ),
  });
  const own = new Set(Object.entries(settings).map(([name, planned]) => variableOf(name, planned)));
  const others = Object.entries(file ?? {}).filter(([name]) => !own.has(name));
  return { resolved, others: Object.fromEntries(others) };
}

/** The same, with what can be generated made and kept. */
export async function ensureSettings(
  plan: Pick<Plan, "settings">,
  directories: Pick<Directories, "base" | "settings">,
  options: SettingOptions,
): Promise<GatheredSettings> {
  const gathered = await gatherSettings(plan, directories, options);
  const missing = gathered.resolved.filter(({ planned, value }) => planned.generate && value === undefined);
  if (missing.length === 0) return gathered;
  const names = missing.map(({ name }) => name);
  await ensureGenerated(names, directories.settings);
  return gatherSettings(plan, directories, options);
}

async function parseSet(
  words: readonly string[],
  settings: NonNullable<Plan["settings"]>,
): Promise<Readonly<Record<string, string>>> {
  const entries: [string, string][] = [];
  for (const word of words) {
    const [, name, value] = /^([^=]+)=(.*)$/s.exec(word) ?? [];
    if (name === undefined || value === undefined) {
      throw new AppError({ code: "usage_wrong", message: "cannot use --set: it wants NAME=VALUE" });
    }
    const isSecret = Object.hasOwn(settings, name) && settings[name]?.type === "secret";
    entries.push([name, isSecret ? await readSecret(name, value) : value]);
  }
  return Object.fromEntries(entries);
}

/** Words of a command line can be read by everybody on the machine. */
async function readSecret(name: string, value: string): Promise<string> {
  if (!value.startsWith("@")) {
    throw new AppError({
      code: "setting_invalid",
      message: `cannot use the setting ${name}: it is a secret, and everybody can see the words of a command line`,
      hint: `Put the value into a file and write \`--set ${name}=@FILE\`.`,
      details: { setting: name },
    });
  }
  try {
    return (await readFile(value.slice(1), "utf8")).replace(/\r?\n$/, "");
  } catch (cause) {
    throw new AppError({
      code: "setting_invalid",
      message: `cannot use the setting ${name}: ${value.slice(1)} cannot be read, the system says ${errnoOf(cause)}`,
      details: { setting: name },
      cause,
    });
  }
}
