import type { Command, Plan } from "../../artifact/plan.ts";
import type { Planned } from "../commands/plan.ts";
import type { Paint } from "../paint.ts";
import { renderTable } from "./table.ts";
import { renderArgv } from "./value.ts";

export function renderPlanned(planned: Planned, paint: Paint): string {
  const head = `${paint("bold", planned.name)}: ${planned.platforms.join(", ")}`;
  return [head, ...renderPlan(planned, paint)].join("\n");
}

/** Sections for `holdall plan` and `holdall inspect`: what there is none of has no section. */
export function renderPlan(plan: Plan, paint: Paint): string[] {
  const { commands, processes, objects, importPath, systemPackages } = plan;
  const section = (title: string, rows: readonly (readonly string[])[]) =>
    rows.length > 0 ? ["", paint("bold", title), renderTable(rows, { indent: "  " })] : [];
  const named = Object.entries(commands).toSorted(([, a], [, b]) => a.origin.localeCompare(b.origin));
  return [
    ...section(
      "Commands",
      named.map(([name, command]) => [
        paint("cyan", name),
        renderCommand(command),
        paint("dim", command.help),
      ]),
    ),
    ...section(
      "Processes",
      Object.entries(processes).map(([name, { argv, instances, overlap }]) => [
        paint("cyan", name),
        renderArgv(argv),
        paint(
          "dim",
          [instances > 1 ? `${instances} instances` : "", overlap === "never" ? "never two at once" : ""]
            .filter(Boolean)
            .join(", "),
        ),
      ]),
    ),
    ...section(
      "Objects",
      Object.entries(objects).map(([name, each]) => [
        paint("cyan", name),
        `${each.module}:${each.attribute}${each.isFactory ? "()" : ""}`,
        paint("dim", each.interface),
      ]),
    ),
    ...section(
      "Import path",
      importPath.map((path) => [path === "." ? ". (the application's root)" : path]),
    ),
    ...section(
      "System packages",
      Object.entries(systemPackages ?? {})
        .filter(([, names]) => names.length > 0)
        .map(([kind, names]) => [kind, names.join(", ")]),
    ),
  ];
}

function renderCommand(command: Command): string {
  if (command.kind === "argv") return renderArgv(command.argv);
  if (command.kind === "url") return `request to ${command.path}`;
  return `SQL against ${command.database}: ${command.files.join(", ")}`;
}
