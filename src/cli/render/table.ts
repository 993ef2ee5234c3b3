import { stripVTControlCharacters } from "../node-util.ts";

/** Rows as columns, two spaces apart; the last column is not padded. */
export function renderTable(rows: readonly (readonly string[])[], { indent = "" } = {}): string {
  const widths: number[] = [];
  for (const row of rows) {
    for (const [column, cell] of row.slice(0, -1).entries()) {
      widths[column] = Math.max(widths[column] ?? 0, visibleLength(cell));
    }
  }
  return rows
    .map((row) => {
      const cells = row.map(
        (cell, column) => cell + " ".repeat(Math.max(0, (widths[column] ?? 0) - visibleLength(cell))),
      );
      return `${indent}${cells.join("  ")}`.trimEnd();
    })
    .join("\n");
}

function visibleLength(cell: string): number {
  return [...stripVTControlCharacters(cell)].length;
}
