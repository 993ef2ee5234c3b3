import type { Process } from "../../artifact/plan.ts";
import type { PlanInput } from "../platform.ts";
import { planArgv } from "../servers/plan-argv.ts";

/**
 * Processes of the description, in development with what it says of that. A first word that is the name of a described
 * command stands for its argv.
 */
export function planProcesses(input: PlanInput): Readonly<Record<string, Process>> {
  const { processes, development, commands } = input.description;
  return Object.fromEntries(
    Object.entries({ ...processes, ...(input.isDevelopment && development) }).map(
      ([name, { argv, instances, overlap }]) => {
        const [first = "", ...rest] = argv;
        const command = Object.hasOwn(commands, first) ? commands[first] : undefined;
        const whole = command?.kind === "argv" ? [...command.argv, ...rest] : argv;
        return [name, { argv: planArgv(whole, input, { isWeb: name === "web" }), instances, overlap }];
      },
    ),
  );
}
