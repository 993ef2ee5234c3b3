import type { ArtifactDifference, ChangedNames } from "../../artifact/diff-artifacts.ts";
import type { Paint } from "../paint.ts";
import { renderBytes } from "./bytes.ts";
import { renderCount } from "./count.ts";
import { renderTable } from "./table.ts";

export function renderDiff(diff: ArtifactDifference, paint: Paint): string {
  if (diff.isSame) return "the same artifact: their manifests have the same digest";
  const { added, removed, same } = diff.layers;
  const sections = [
    section(
      "Distributions",
      diff.distributions.map(({ name, from, to }) => [name, from ?? "-", "->", to ?? "-"]),
      paint,
    ),
    ...(["targets", "commands", "processes", "description"] as const).map((part) =>
      section(capitalize(part), changeRows(diff[part], paint), paint),
    ),
  ];
  return [
    `${renderCount(added.length, "layer")} added, ${removed.length} removed, ${same.length} the same`,
    `${renderBytes(diff.bytesToMove)} to move`,
    ...sections.flat(),
  ].join("\n");
}

function changeRows({ added, removed, changed }: ChangedNames, paint: Paint): (readonly string[])[] {
  return [
    ...added.map((name) => [paint("green", "+"), name]),
    ...removed.map((name) => [paint("red", "-"), name]),
    ...changed.map((name) => [paint("yellow", "~"), name]),
  ];
}

function section(title: string, rows: readonly (readonly string[])[], paint: Paint): string[] {
  return rows.length > 0 ? ["", paint("bold", title), renderTable(rows, { indent: "  " })] : [];
}

function capitalize(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
