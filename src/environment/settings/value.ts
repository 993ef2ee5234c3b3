import type { PlannedSetting, SettingType, SettingValue } from "../../artifact/plan.ts";
import { parseDurationMs, parseSizeBytes } from "../../description/quantity.ts";

/** Text as somebody wrote it to a value; or what it must be, `must be …`, which never quotes the text. */
export type ParsedText = { readonly value: SettingValue } | { readonly problem: string };

const MAX_LENGTH = 65_536;

const BOOLEANS: ReadonlyMap<string, boolean> = new Map([
  ...["true", "yes", "on", "1"].map((word) => [word, true] as const),
  ...["false", "no", "off", "0"].map((word) => [word, false] as const),
]);

const boolean = (text: string): ParsedText => {
  const value = BOOLEANS.get(text.trim().toLowerCase());
  return value === undefined ? { problem: "must be true or false" } : { value };
};

const checked =
  (isRight: (text: string) => boolean, problem: string) =>
  (text: string): ParsedText =>
    isRight(text) ? { value: text } : { problem };

const PARSERS: Readonly<Record<SettingType, (text: string, setting: PlannedSetting) => ParsedText>> = {
  string: (text) => ({ value: text }),
  secret: checked((text) => text !== "", "must not be empty"),
  int: (text) => {
    const value = Number(text.trim());
    const isWhole = /^[+-]?\d+$/.test(text.trim()) && Number.isSafeInteger(value);
    return isWhole ? { value } : { problem: "must be a whole number" };
  },
  bool: boolean,
  flag: boolean,
  url: checked((text) => /^[a-z][a-z0-9+.-]*:\S+$/i.test(text), "must be a URL"),
  duration: checked(
    (text) => parseDurationMs(text) !== undefined,
    "must be a number with ms, s, m, h or d, such as 30s",
  ),
  size: checked(
    (text) => parseSizeBytes(text) !== undefined,
    "must be a number with B, kB, MB, GB, KiB, MiB or GiB, such as 10MB",
  ),
  list: (text) => ({ value: text === "" ? [] : text.split(",").map((item) => item.trim()) }),
  choice: (text, { choices = [] }) =>
    choices.includes(text) ? { value: text } : { problem: `must be one of ${choices.join(", ")}` },
};

/** @param text - from a settings file, a variable or a command line: untrusted. */
export function parseSettingText(text: string, setting: PlannedSetting): ParsedText {
  if (text.includes("\0")) return { problem: "must not have a NUL" };
  if (text.length > MAX_LENGTH) return { problem: `must have at most ${MAX_LENGTH} characters` };
  return PARSERS[setting.type](text, setting);
}

/** As it stands in an environment variable; `parseSettingText` gives the value again. */
export function renderSettingText(value: SettingValue): string {
  return typeof value === "object" ? value.join(",") : String(value);
}
