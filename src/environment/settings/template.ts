import type { PlannedSetting, SettingType } from "../../artifact/plan.ts";
import { variableOf } from "./resolve-settings.ts";
import { renderSettingText } from "./value.ts";

const SHAPES: Readonly<Record<SettingType, string>> = {
  string: "text",
  int: "a whole number",
  bool: "true or false",
  flag: "true or false",
  url: "a URL",
  duration: "a number with ms, s, m, h or d",
  size: "a number with B, kB, MB, GB, KiB, MiB or GiB",
  list: "values with commas between",
  secret: "a secret",
  choice: "",
};

/** A settings file with all that can be set, to be edited: what has a default is commented out. */
export function renderSettingsTemplate(
  application: string,
  settings: Readonly<Record<string, PlannedSetting>>,
): string {
  const head = [`# Settings of ${application}: NAME=value lines.`, ""];
  const blocks = Object.entries(settings).map(([name, planned]) => renderBlock(name, planned));
  return `${[...head, blocks.map((lines) => lines.join("\n")).join("\n\n")].join("\n")}\n`;
}

function renderBlock(name: string, planned: PlannedSetting): readonly string[] {
  const { type, help, choices = [], isRequired, generate } = planned;
  const shape = type === "choice" ? `one of ${choices.join(", ")}` : SHAPES[type];
  const note = isRequired
    ? "; required"
    : generate
      ? "; where holdall runs it, generated when it is not set"
      : "";
  const value = planned.default === undefined ? "" : quoteValue(renderSettingText(planned.default));
  const line = `${variableOf(name, planned)}=${value}`;
  return [...(help === "" ? [] : [`# ${help}`]), `# ${shape}${note}`, isRequired ? line : `#${line}`];
}

/** Plain where every reader of such files takes it for itself. */
function quoteValue(text: string): string {
  if (/^[\w@%+:,./{}-]*$/.test(text)) return text;
  const mark = ['"', "'", "`"].find((each) => !text.includes(each)) ?? '"';
  return mark + text + mark;
}
