import { AppError } from "../../errors/app-error.ts";
import { findNearMiss } from "../../errors/near-miss.ts";
import { type CommandRecord, defineCommand } from "../command.ts";
import { commandRecords } from "./registry.ts";

/** One command, or all of them when none is named. */
export type Help =
  | { readonly kind: "overview"; readonly commands: readonly CommandRecord[] }
  | { readonly kind: "command"; readonly command: CommandRecord };

export const helpCommand = defineCommand(
  {
    name: "help",
    summary: "show all commands, or one in full",
    details: ["`holdall COMMAND --help` shows the same."],
    positionals: [{ name: "command", help: "name of a command", arity: "optional", is: "text" }],
    options: {},
    examples: [{ line: "holdall help build", help: "what `build` takes, with examples" }],
  },
  async ({ command: name }): Promise<Help> => {
    const commands = commandRecords();
    if (name === undefined) return { kind: "overview", commands };
    const command = commands.find((record) => record.name === name);
    if (command) return { kind: "command", command };
    const meant = findNearMiss(
      name,
      commands.map((record) => record.name),
    );
    throw new AppError({
      code: "usage_wrong",
      message: `cannot show the help of ${name}: there is no such command`,
      hint: meant ? `Did you mean \`holdall help ${meant}\`?` : "`holdall help` lists the commands.",
      details: { command: name },
    });
  },
);
