import { type Judgement, renderJudgements } from "./goals.ts";
import { amountOf, type Column, type Table, type Value } from "./table.ts";

export interface Report {
  /** Of one kind each, for all applications. */
  readonly tables: readonly Table[];
  readonly judgements: readonly Judgement[];
  /** Tools and machine. */
  readonly versions: readonly string[];
  /** Contenders that are not there, and why. */
  readonly absent: readonly string[];
  /** `2026-11-21` */
  readonly date: string;
}

/** docs/benchmarks.md, whole. */
export function renderReport({ tables, judgements, versions, absent, date }: Report): string {
  const ids = [...new Set(tables.map(({ id }) => id))];
  const sections = ids.map((id) => tables.filter((table) => table.id === id)).flatMap(renderTables);
  return [
    "# Benchmarks",
    "",
    `Written by \`npm run bench\` on ${date}: ${versions.join(", ")}.`,
    "",
    "Each column was measured in one go, its rows in turn, round after round: medians, and after ± half the distance",
    "between the quartiles, where there was more than one. The page cache is warm. In brackets, the ratio to the row that has none. The applications are",
    "in bench/applications; everybody installs the same wheels from a local directory, so no network is in any number.",
    ...absent.map((line) => `\n${line}`),
    "",
    ...(judgements.some(({ ratios }) => ratios.length > 0)
      ? ["## Goals", "", ...renderJudgements(judgements), ""]
      : []),
    ...sections,
  ].join("\n");
}

/** Tables of one kind, under one heading. */
export function renderTables(tables: readonly Table[]): string[] {
  const [first] = tables;
  if (first === undefined) return [];
  const bodies = tables.flatMap((table) => [`### ${table.application}`, "", ...renderTable(table), ""]);
  return [`## ${first.title}`, "", first.text, "", ...bodies];
}

function renderTable({ columns }: Table): string[] {
  const rows = [...new Set(columns.flatMap(({ values }) => [...values.keys()]))];
  const line = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;
  return [
    line(["", ...columns.map(({ name }) => name)]),
    line(["---", ...columns.map(() => "---:")]),
    ...rows.map((row) => line([row, ...columns.map((column) => renderCell(column, row))])),
  ];
}

function renderCell({ base, values }: Column, row: string): string {
  const value = values.get(row);
  if (value === undefined) return "–";
  const reference = base === undefined ? undefined : values.get(base);
  if (reference === undefined || row === base) return renderValue(value);
  return `${renderValue(value)} (${(amountOf(value) / amountOf(reference)).toFixed(2)})`;
}

function renderValue(value: Value): string {
  if (value.kind === "count") return value.count.toLocaleString("en");
  if (value.kind === "bytes") {
    const megabytes = value.bytes / 1e6;
    return megabytes < 0.1 ? `${(value.bytes / 1e3).toFixed(1)} kB` : `${megabytes.toFixed(2)} MB`;
  }
  const digits = value.medianMs < 100 ? 1 : 0;
  const spread = value.runs > 1 ? ` ± ${value.spreadMs.toFixed(digits)}` : "";
  return `${value.medianMs.toFixed(digits)}${spread} ms`;
}
