import type { Origin } from "../../description/description.ts";
import { keyOf } from "../../description/written-names.ts";
import type { Checked } from "../commands/check.ts";
import type { Paint } from "../paint.ts";
import { renderTable } from "./table.ts";
import { renderValue } from "./value.ts";

/** A row for each field that says something: its key, value, source. Defaults that are empty are left out. */
export function renderCheck(
  { description, origins, platforms, notes, lacking }: Checked,
  paint: Paint,
): string {
  const found: Origin = { source: "found in the files", line: undefined };
  const originOf = (field: string) =>
    field === "platforms" && description.platforms.length === 0 ? found : origins[field];
  const rows = Object.entries({ ...description, platforms }).flatMap(([field, value]) => {
    if (isEmpty(value)) return [];
    if (typeof value !== "object" || Array.isArray(value) || field === "lock") {
      return [row(keyOf(field), value, originOf(field), paint)];
    }
    return Object.entries(value).map(([name, inner]) =>
      row(`${keyOf(field)}.${name}`, inner, origins[`${field}.${name}`] ?? origins[field], paint),
    );
  });
  const warning =
    lacking === undefined
      ? ""
      : `\n\n${paint("yellow", "warning:")} ${lacking.reason}\nhint: ${lacking.hint}`;
  const said = notes.map((note) => `\n\n${paint("bold", "note:")} ${note}`).join("");
  return renderTable(rows) + said + warning;
}

function row(key: string, value: unknown, origin: Origin | undefined, paint: Paint): readonly string[] {
  const line = origin?.line === undefined ? "" : `:${origin.line}`;
  return [paint("cyan", key), renderValue(value), paint("dim", origin ? `${origin.source}${line}` : "")];
}

function isEmpty(value: unknown): boolean {
  if (value === undefined || value === null) return true;
  return typeof value === "object" && Object.keys(value).length === 0;
}
