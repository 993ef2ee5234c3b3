import type { Readable } from "node:stream";
import { AppError } from "../../errors/app-error.ts";
import type { OnEnvironmentEvent } from "../events.ts";
import type { Environment } from "../open-environment.ts";
import { findCommand } from "./find-command.ts";
import { runCollected } from "./run-collected.ts";
import { runSql } from "./run-sql.ts";
import { runUrl } from "./run-url.ts";
import { startOfCommand } from "./start-of-command.ts";

export interface CommandOptions {
  /** What follows the words of the plan; of `argv` commands only. */
  readonly args?: readonly string[] | undefined;
  /** What it reads on standard input; nothing by default. */
  readonly input?: string | Uint8Array | Readable | undefined;
  /** Of each stream, the last bytes are kept. Default 4 MiB. */
  readonly keepBytes?: number | undefined;
  /** Ends it and all that came of it. */
  readonly signal?: AbortSignal | undefined;
  /** Tells what an object or a process says that a `url` command is asked of. */
  readonly onEvent?: OnEnvironmentEvent | undefined;
}

/** How a command has ended. What it printed belongs to the application: there may be anything in it. */
export interface CommandResult {
  /** 0 is success; undefined when a signal ended it. */
  readonly status: number | undefined;
  readonly signal: NodeJS.Signals | undefined;
  readonly stdout: string;
  readonly stderr: string;
}

export type CommandPlace = Pick<
  Environment,
  "runnable" | "directories" | "services" | "addresses" | "variablesOf"
>;

/**
 * Runs a command of any kind to its end. Nothing that it has started is left then, however it ends.
 * @throws AppError `command_not_found`, `program_not_found`, `sql_failed`, `sql_changed`, `object_failed`, `process_failed`; the
 * signal's reason. That it ends with another status than 0 is no error here.
 */
export async function runCommand(
  environment: CommandPlace,
  name: string,
  options: CommandOptions = {},
): Promise<CommandResult> {
  const { args = [], signal } = options;
  signal?.throwIfAborted();
  const command = await findCommand(environment.runnable, name);
  if (command.kind === "argv") {
    return runCollected(environment, await startOfCommand(environment, name, { command, args }), options);
  }
  if (args.length > 0) {
    throw new AppError({
      code: "usage_wrong",
      message: `cannot run ${name} with ${args.join(" ")}: it takes no arguments`,
      hint: `It is a command of kind ${command.kind}: run it alone.`,
      details: { command: name },
    });
  }
  if (command.kind === "sql") return runSql(environment, name, command);
  return runUrl(environment, name, command, options);
}
