/** What a description is made of when it is written. */
export type YamlValue =
  | string
  | number
  | boolean
  | readonly YamlValue[]
  | { readonly [key: string]: YamlValue };

/** `key: value` in block style, as a person would write it; JSON's quotes where YAML needs some. */
export function renderEntry(key: string, value: YamlValue): readonly string[] {
  const name = renderText(key);
  if (!isCollection(value)) return [`${name}: ${renderScalar(value)}`];
  const lines = renderLines(value);
  return lines.length === 0
    ? [`${name}: ${Array.isArray(value) ? "[]" : "{}"}`]
    : [`${name}:`, ...lines.map(indent)];
}

function renderLines(value: readonly YamlValue[] | { readonly [key: string]: YamlValue }): readonly string[] {
  if (!isList(value)) return Object.entries(value).flatMap(([key, part]) => renderEntry(key, part));
  // Lists in lists are argvs: one line each, which JSON can do as well.
  return value.map((item) => `- ${isCollection(item) ? JSON.stringify(item) : renderScalar(item)}`);
}

function renderScalar(value: string | number | boolean): string {
  return typeof value === "string" ? renderText(value) : String(value);
}

/** Plain where nobody could take it for a number, a truth value or syntax. */
function renderText(text: string): string {
  const isPlain = /^[A-Za-z/_][\w./@%+=:,{} -]*$/.test(text) && !/: |[: ]$|^(true|false|null)$/i.test(text);
  return isPlain || text === "." ? text : JSON.stringify(text);
}

function isCollection(
  value: YamlValue,
): value is readonly YamlValue[] | { readonly [key: string]: YamlValue } {
  return typeof value === "object";
}

function isList(value: YamlValue): value is readonly YamlValue[] {
  return Array.isArray(value);
}

function indent(line: string): string {
  return `  ${line}`;
}
