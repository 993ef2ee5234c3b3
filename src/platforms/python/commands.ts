import type { Command } from "../../artifact/plan.ts";
import type { DescribedCommand } from "../../description/description.ts";
import { plannedWord } from "../../description/words.ts";
import type { PlanInput } from "../platform.ts";
import { planArgv } from "../servers/plan-argv.ts";

export interface PlannedCommands {
  readonly commands: Readonly<Record<string, Command>>;
  readonly scripts: Readonly<Record<string, string>>;
}

/**
 * The application's own commands. Where two have one name the first of these wins: what the description says, its
 * lifecycle, the entry points of what it asks for.
 */
export function planCommands(input: PlanInput): PlannedCommands {
  const { description, distributions } = input;
  const commands: Record<string, Command> = {};
  const scripts: Record<string, string> = {};

  for (const [name, described] of Object.entries({ ...description.lifecycle, ...description.commands })) {
    commands[name] = planCommand(name, described, input);
    if (described.kind === "function") scripts[name] = described.function;
  }
  const requested = distributions.filter(({ isRequested }) => isRequested);
  for (const name of requested.flatMap((distribution) => Object.keys(distribution.scripts))) {
    if (Object.hasOwn(commands, name)) continue;
    commands[name] = { kind: "argv", argv: planArgv([name], input), help: "", origin: "own" };
  }
  return { commands, scripts };
}

/** One command as a plan has it; a function becomes a script of its name, which the caller adds. */
export function planCommand(name: string, described: DescribedCommand, input: PlanInput): Command {
  const { help } = described;
  const origin = "own";
  switch (described.kind) {
    case "argv":
      return { kind: "argv", argv: planArgv(described.argv, input), help, origin };
    case "script":
      return { kind: "argv", argv: ["python", `{app}/${plannedWord(described.path)}`], help, origin };
    case "function":
      return { kind: "argv", argv: [name], help, origin };
    case "url":
      return { kind: "url", path: described.path, help, origin };
    case "sql":
      return { kind: "sql", database: described.database, files: described.files, help, origin };
  }
}
