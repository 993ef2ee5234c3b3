import type { DescribedSetting } from "../../environment/app-package/described-setting.ts";
import type { Paint } from "../paint.ts";
import { renderTable } from "./table.ts";

export function renderSettings(settings: readonly DescribedSetting[], paint: Paint): string {
  if (settings.length === 0) return "The application has no settings.";
  const rows = settings.map((setting) => [
    paint("cyan", setting.name),
    setting.value ?? describeLack(setting, paint),
    paint("dim", setting.source === "none" ? "" : setting.origin),
    paint("dim", setting.help),
  ]);
  return renderTable(rows);
}

function describeLack({ isRequired, isGenerated }: DescribedSetting, paint: Paint): string {
  if (isGenerated) return "made at the first start";
  return isRequired ? paint("red", "required") : "not set";
}
