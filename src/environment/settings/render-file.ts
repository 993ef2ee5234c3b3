import { extname } from "node:path";
import type { SettingValue } from "../../artifact/plan.ts";
import { AppError } from "../../errors/app-error.ts";
import { renderSettingText } from "./value.ts";

/** A tree of sections; a level for each dot of a key. */
export type Tree = { readonly [key: string]: SettingValue | Tree };

type Render = (tree: Tree) => string | Promise<string>;

/** By the ending of the file's name, without the dot. */
const FORMATS: Readonly<Record<string, Render>> = {
  json: (tree) => `${JSON.stringify(tree, undefined, 2)}\n`,
  toml: async (tree) => `${(await import("smol-toml")).stringify(tree)}\n`,
  yaml: async (tree) => (await import("yaml")).stringify(tree),
  yml: async (tree) => (await import("yaml")).stringify(tree),
  ini: renderIni,
  cfg: renderIni,
  env: renderDotenv,
};

/**
 * The text of a file that an application reads its settings from.
 * @param values - by the key of each: `server.port`.
 * @throws AppError `setting_file_refused` when the format cannot hold it.
 */
export async function renderSettingFile(
  path: string,
  values: Readonly<Record<string, SettingValue>>,
): Promise<string> {
  const ending = extname(path).slice(1) || path.replace(/^.*\./s, "");
  const render = Object.hasOwn(FORMATS, ending) ? FORMATS[ending] : undefined;
  if (render === undefined) {
    throw refuse(path, "its name tells no format", `Use one of ${Object.keys(FORMATS).join(", ")}.`);
  }
  return render(growTree(path, values));
}

function growTree(path: string, values: Readonly<Record<string, SettingValue>>): Tree {
  const root = new Map<string, unknown>();
  for (const [key, value] of Object.entries(values)) {
    const parts = key.split(".");
    const last = parts.pop() ?? key;
    let level = root;
    for (const part of parts) {
      const next = level.get(part) ?? new Map<string, unknown>();
      if (!(next instanceof Map)) throw refuse(path, `${key} is below a value`, "Rename one of the keys.");
      level.set(part, next);
      level = next;
    }
    if (level.has(last))
      throw refuse(path, `${key} is there twice, or has others below it`, "Rename one of the keys.");
    level.set(last, value);
  }
  return toTree(root);
}

function toTree(level: ReadonlyMap<string, unknown>): Tree {
  const entries = [...level].map(([key, value]) => [key, value instanceof Map ? toTree(value) : value]);
  return Object.fromEntries(entries) as Tree; // values were put in above
}

/** As Python's configparser reads it: `[section]`, `key = value`; keys without a section come first, under [DEFAULT]. */
function renderIni(tree: Tree): string {
  const isSection = (value: SettingValue | Tree): value is Tree =>
    typeof value === "object" && !Array.isArray(value);
  const lines = (name: string, values: readonly (readonly [string, SettingValue | Tree])[]) =>
    values.length === 0 ? [] : [`[${name}]`, ...values.map(([key, value]) => renderIniLine(key, value)), ""];
  const entries = Object.entries(tree);
  return [
    ...lines(
      "DEFAULT",
      entries.filter(([, value]) => !isSection(value)),
    ),
    ...entries.flatMap(([name, value]) => (isSection(value) ? lines(name, Object.entries(value)) : [])),
  ].join("\n");
}

function renderIniLine(key: string, value: SettingValue | Tree): string {
  if (typeof value === "object" && !Array.isArray(value)) {
    throw refuse(key, "an INI file has one level of sections", "Use `section.key`, or another format.");
  }
  const text = renderSettingText(value as SettingValue); // no tree
  if (/[\r\n]/.test(text)) throw refuse(key, "a value in an INI file has one line", "Use another format.");
  return `${key} = ${text.replaceAll("%", "%%")}`;
}

/** A line for each value; a key with dots is written with `_`. */
function renderDotenv(tree: Tree, above = ""): string {
  return Object.entries(tree)
    .map(([key, value]) => {
      const name = above + key;
      if (typeof value === "object" && !Array.isArray(value)) return renderDotenv(value as Tree, `${name}_`);
      const text = renderSettingText(value as SettingValue);
      const mark = ['"', "'", "`"].find((each) => !text.includes(each));
      if (mark === undefined) throw refuse(key, "it has all three kinds of quotes", "Use another format.");
      return `${name}=${mark}${text}${mark}\n`;
    })
    .join("");
}

function refuse(subject: string, reason: string, hint: string): AppError {
  return new AppError({
    code: "setting_file_refused",
    message: `cannot write the settings into ${subject}: ${reason}`,
    hint,
    details: { file: subject },
  });
}
