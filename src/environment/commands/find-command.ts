import { join } from "node:path";
import type { Command } from "../../artifact/plan.ts";
import { AppError } from "../../errors/app-error.ts";
import { findNearMiss } from "../../errors/near-miss.ts";
import { isProgram } from "../../system/find-program.ts";
import type { Runnable } from "../application/runnable.ts";

/**
 * What users mean by a word: a command of the plan, else a program of the release under its own name (`python`, the script
 * of a distribution).
 * @throws AppError `command_not_found`, with the near miss; a process is named as what it is.
 */
export async function findCommand({ plan, prefix }: Runnable, name: string): Promise<Command> {
  const { commands, processes } = plan;
  const planned = Object.hasOwn(commands, name) ? commands[name] : undefined;
  if (planned !== undefined) return planned;
  if (Object.hasOwn(processes, name)) throw refuseProcess(name);
  if (await hasProgram(prefix, name)) return { kind: "argv", argv: [name], help: "", origin: "platform" };
  const known = [...Object.keys(commands), ...Object.keys(processes)];
  const near = findNearMiss(name, known);
  const listed = Object.keys(commands).sort();
  throw new AppError({
    code: "command_not_found",
    message: `cannot run ${name}: the application has no command of that name`,
    hint:
      near === undefined
        ? `It has ${listed.length === 0 ? "no commands" : listed.join(", ")}.`
        : `Did you mean ${near}?`,
    details: { command: name, nearMiss: near, known },
  });
}

function refuseProcess(name: string): AppError {
  return new AppError({
    code: "command_not_found",
    message: `cannot run ${name} as a command: it is a process, which keeps running`,
    hint: "`holdall dev` runs all processes of a checkout, and an artifact starts one by its name.",
    details: { process: name },
  });
}

async function hasProgram(prefix: string, name: string): Promise<boolean> {
  if (name === "" || name.includes("/") || name.startsWith(".")) return false;
  return isProgram(join(prefix, "bin", name));
}
