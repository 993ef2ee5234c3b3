import type { Presence } from "../../environment/presence.ts";
import { addressUrl } from "../../environment/processes/wait-for-listener.ts";
import { joinAddress } from "../../environment/resolve-argv.ts";
import type { RunOutcome } from "../commands/run.ts";
import type { Paint } from "../paint.ts";
import { statusOfEnd } from "../status-of-end.ts";
import { renderTable } from "./table.ts";

export function renderRun(outcome: RunOutcome, paint: Paint): string {
  if (outcome.kind === "ended") return ""; // the program had the terminal
  if (outcome.kind === "ran") return outcome.stdout;
  const { name, version, commands, processes, running } = outcome;
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
    ...section("Running here", running.map(describePresence)),
  ].join("\n");
}

/** The process of a `holdall dev`, and where to find what it runs. */
function describePresence({ pid, parts, addresses, mail }: Presence): readonly string[] {
  const places: Presence["addresses"] = { ...addresses, ...(mail && { mail }) };
  const found = [...parts, ...(mail ? ["mail"] : [])].map((part) => {
    const place = places[part];
    if (place === undefined) return part;
    return `${part} at ${part === "web" ? addressUrl(place) : joinAddress(place)}`;
  });
  return [`process ${pid}`, found.join(", ")];
}

export function statusOfRun(outcome: RunOutcome): number | NodeJS.Signals {
  return outcome.kind === "list" ? 0 : statusOfEnd(outcome);
}
