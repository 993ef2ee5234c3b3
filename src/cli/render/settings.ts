import type { DescribedSetting } from "../../environment/app-package/described-setting.ts";
import type { Paint } from "../paint.ts";
import { renderTable } from "./table.ts";

export function renderSettings(settings: readonly DescribedSetting[], paint: Paint): string {
  if (settings.length === 0) return "The application has no settings.";
  const rows = settings.map(({ name, value, isRequired, source, origin, help }) => [
    paint("cyan", name),
    value ?? (isRequired ? paint("red", "required") : "not set"),
    paint("dim", source === "none" ? "" : origin),
    paint("dim", help),
  ]);
  return renderTable(rows);
}
