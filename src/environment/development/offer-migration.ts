import { AppError } from "../../errors/app-error.ts";
import { runLogged } from "../commands/run-logged.ts";
import type { OnEnvironmentEvent } from "../events.ts";
import type { Environment } from "../open-environment.ts";

/** Whether migrations run first: a decision, or somebody to ask; undefined: nobody has decided, and nobody is there. */
export type Migrate = boolean | ((command: string) => Promise<boolean>) | undefined;

export interface MigrationOptions {
  readonly migrate: Migrate;
  readonly graceMs: number;
  readonly signal: AbortSignal;
  readonly onEvent: OnEnvironmentEvent;
}

/**
 * Runs the lifecycle command `migrate` of an application that has one, where somebody wants that.
 * @throws AppError `command_failed`, and what the command throws.
 */
export async function offerMigration(
  environment: Environment,
  { migrate, graceMs, signal, onEvent }: MigrationOptions,
): Promise<void> {
  const command = environment.runnable.plan.lifecycle?.migrate?.command;
  if (command === undefined) return;
  if (migrate === undefined) {
    onEvent({ kind: "note", message: `${command} was not run; \`--migrate\` runs it first` });
    return;
  }
  const isWanted = typeof migrate === "boolean" ? migrate : await migrate(command);
  if (!isWanted) return;
  const {
    status,
    signal: by,
    last,
  } = await runLogged(environment, command, {
    ...{ part: command, graceMs, signal, onEvent },
  });
  if (status === 0) return;
  throw new AppError({
    code: "command_failed",
    message: `cannot bring the data up to date: ${command} has ended ${by === undefined ? `with status ${status}` : `by ${by}`}`,
    hint: "`--no-migrate` starts the application without.",
    excerpt: last.join("\n") || undefined,
    details: { command, status, signal: by },
  });
}
