import type { Timing } from "./measure.ts";

interface Size {
  readonly name: string;
  readonly megabytes: number;
}

export interface Section {
  readonly title: string;
  readonly text: string;
  /** The first row is what the others are compared with. */
  readonly rows: readonly (Timing | Size)[];
}

/** docs/benchmarks.md, whole. */
export function renderReport(
  sections: readonly Section[],
  { versions }: { readonly versions: readonly string[] },
): string {
  const head = [
    "# Benchmarks",
    "",
    `Written by \`npm run bench\` on ${new Date().toISOString().slice(0, 10)}: ${versions.join(", ")}. Medians;`,
    "after ± half the distance between the quartiles. Each table was measured in one go, its rows in turn. The ratio is",
    "against the first row. Goals are in ARCHITECTURE.md; what is missed is listed as it is.",
    "",
  ];
  return [...head, ...sections.flatMap(renderSection)].join("\n");
}

function renderSection({ title, text, rows }: Section): string[] {
  const [first] = rows;
  const base = first === undefined ? Number.NaN : amountOf(first);
  const line = (row: Timing | Size) =>
    `| ${row.name} | ${renderValue(row)} | ${(amountOf(row) / base).toFixed(2)} |`;
  return [`## ${title}`, "", text, "", "| | | ratio |", "| --- | ---: | ---: |", ...rows.map(line), ""];
}

const amountOf = (row: Timing | Size): number => ("megabytes" in row ? row.megabytes : row.medianMs);

function renderValue(row: Timing | Size): string {
  if ("megabytes" in row) return `${row.megabytes.toFixed(1)} MB`;
  return `${row.medianMs.toFixed(1)} ± ${row.spreadMs.toFixed(1)} ms`;
}
