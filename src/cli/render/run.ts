import type { RunOutcome } from "../commands/run.ts";
import type { Paint } from "../paint.ts";
import { statusOfEnd } from "../program-end.ts";
import { renderTable } from "./table.ts";

export function renderRun(outcome: RunOutcome, paint: Paint): string {
  if (outcome.kind === "ended") return ""; // the program had the terminal
  if (outcome.kind === "ran") return outcome.stdout;
  const { name, version, commands, processes } = outcome;
  const section = (title: string, rows: readonly (readonly string[])[]) =>
    rows.length === 0 ? [] : ["", paint("bold", title), renderTable(rows, { indent: "  " })];
  return [
    `${paint("bold", name)}${version === undefined ? "" : ` ${version}`}`,
    ...section(
      "Commands",
      Object.entries(commands)
        .toSorted(([, a], [, b]) => a.origin.localeCompare(b.origin))
        .map(([command, { help }]) => [paint("cyan", command), paint("dim", help)]),
    ),
    ...section(
      "Processes",
      Object.entries(processes).map(([process, { overlap }]) => [
        paint("cyan", process),
        paint("dim", overlap === "never" ? "never two at once" : ""),
      ]),
    ),
  ].join("\n");
}

export function statusOfRun(outcome: RunOutcome): number | NodeJS.Signals {
  return outcome.kind === "list" ? 0 : statusOfEnd(outcome);
}
