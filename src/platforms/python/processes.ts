import type { Process } from "../../artifact/plan.ts";
import type { PlanInput } from "../platform.ts";
import { planArgv } from "../servers/plan-argv.ts";

/** Processes of the description. A first word that is the name of a described command stands for its argv. */
export function planProcesses(input: PlanInput): Readonly<Record<string, Process>> {
  const { processes, commands } = input.description;
  return Object.fromEntries(
    Object.entries(processes).map(([name, { argv, instances, overlap }]) => {
      const [first = "", ...rest] = argv;
      const command = Object.hasOwn(commands, first) ? commands[first] : undefined;
      const whole = command?.kind === "argv" ? [...command.argv, ...rest] : argv;
      return [name, { argv: planArgv(whole, input, { isWeb: name === "web" }), instances, overlap }];
    }),
  );
}
