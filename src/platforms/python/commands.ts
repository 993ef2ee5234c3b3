import type { Command } from "../../artifact/plan.ts";
import type { DescribedCommand } from "../../description/description.ts";
import { plannedWord } from "../../description/words.ts";
import { AppError } from "../../errors/app-error.ts";
import { findNearMiss } from "../../errors/near-miss.ts";
import type { PlanInput } from "../platform.ts";
import { planArgv } from "../servers/plan-argv.ts";
import { readProjectTables } from "./project-tables.ts";
import { isBuilt } from "./source-roots.ts";

export interface PlannedCommands {
  readonly commands: Readonly<Record<string, Command>>;
  readonly scripts: Readonly<Record<string, string>>;
}

/**
 * The application's own commands. Where two have one name the first of these wins: what the description says, its
 * lifecycle, the scripts of an application that is not built, the entry points of what it asked for.
 */
export function planCommands(input: PlanInput): PlannedCommands {
  const { description, distributions } = input;
  const projectScripts = isBuilt(input) ? {} : readProjectTables(input.files).scripts;
  const commands: Record<string, Command> = {};
  const scripts: Record<string, string> = { ...projectScripts };

  for (const [name, described] of Object.entries({ ...description.lifecycle, ...description.commands })) {
    commands[name] = planCommand(name, described, input);
    if (described.kind === "function") scripts[name] = described.function;
  }
  const requested = distributions.filter(({ isRequested }) => isRequested);
  const entryPoints = [projectScripts, ...requested.map((distribution) => distribution.scripts)];
  for (const name of entryPoints.flatMap(Object.keys)) {
    commands[name] ??= { kind: "argv", argv: planArgv([name], input), help: "", origin: "own" };
  }
  return { commands, scripts };
}

function planCommand(name: string, described: DescribedCommand, input: PlanInput): Command {
  const { help } = described;
  const origin = "own";
  switch (described.kind) {
    case "argv":
      return { kind: "argv", argv: planArgv(described.argv, input), help, origin };
    case "script":
      checkScript(name, described.path, input);
      return { kind: "argv", argv: ["python", `{app}/${plannedWord(described.path)}`], help, origin };
    case "function":
      return { kind: "argv", argv: [name], help, origin };
    case "url":
      return { kind: "url", path: described.path, help, origin };
    case "sql":
      return { kind: "sql", database: described.database, files: described.files, help, origin };
  }
}

function checkScript(name: string, path: string, { files }: PlanInput): void {
  if (files.has(path)) return;
  const directory = path.slice(0, path.lastIndexOf("/") + 1);
  const near = findNearMiss(
    path,
    files.list(directory).map((found) => directory + found),
  );
  throw new AppError({
    code: "description_invalid",
    message: `cannot plan command ${name}: there is no file ${path} in the application`,
    hint: near === undefined ? "Name a Python file of the application." : `Write ${near}.`,
    details: { command: name, path, nearMiss: near },
  });
}
