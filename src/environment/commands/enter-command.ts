import { join } from "node:path";
import { enterArgv, runAttached } from "../../system/attached-process.ts";
import type { ProcessEnd } from "../../system/guarded-process.ts";
import { replaceProcess } from "../../system/replace-process.ts";
import type { Part } from "../inject.ts";
import type { Environment } from "../open-environment.ts";
import { findCommand } from "./find-command.ts";
import { startOfCommand } from "./start-of-command.ts";

export interface EnterOptions {
  readonly args: readonly string[];
  /** Called before the terminal is the program's. */
  readonly onStart: () => void;
}

/**
 * Hands the terminal, the streams and the signals of this process over to a command of words, or to a process of the plan. This
 * process becomes it; where servers of the environment's own have to be kept alive, it stays beside it.
 * @returns undefined when the command is of another kind: it has no use for a terminal.
 * @throws AppError `command_not_found`, `program_not_found`.
 */
export async function enterCommand(
  environment: Environment,
  name: string,
  { args, onStart }: EnterOptions,
): Promise<ProcessEnd | undefined> {
  const { runnable, directories } = environment;
  const { plan, prefix } = runnable;
  const isCommand = Object.hasOwn(plan.commands, name);
  const process = isCommand || !Object.hasOwn(plan.processes, name) ? undefined : plan.processes[name];
  const command = process ?? (await findCommand(runnable, name));
  if ("kind" in command && command.kind !== "argv") return undefined;
  const part: Part | undefined = process && { kind: "process", name, instance: 1 };
  const start = await startOfCommand(environment, name, { command, args, ...(part && { part }) });
  const isTied = environment.hasServers();
  const lock = process?.overlap === "never" ? join(directories.run, `${name}.lock`) : undefined;
  const python = join(prefix, "bin/python");
  const argv = isTied || lock !== undefined ? enterArgv(start.argv, { python, isTied, lock }) : start.argv;
  onStart();
  if (!isTied) replaceProcess({ ...start, argv });
  return runAttached({ ...start, argv });
}
