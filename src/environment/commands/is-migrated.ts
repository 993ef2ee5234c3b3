import type { CommandOptions, CommandPlace } from "./run-command.ts";
import { runCommand } from "./run-command.ts";
import { listWaiting } from "./run-sql.ts";

/**
 * Whether `migrate` of the lifecycle has nothing to do: as its `migrated` says by its status, or for SQL files their records.
 * Undefined where nothing tells.
 * @throws AppError as runCommand() does.
 */
export async function isMigrated(
  environment: CommandPlace,
  options: Pick<CommandOptions, "signal">,
): Promise<boolean | undefined> {
  const { commands, lifecycle = {} } = environment.runnable.plan;
  const { migrate, migrated } = lifecycle;
  if (migrate === undefined) return true;
  if (migrated !== undefined) return (await runCommand(environment, migrated.command, options)).status === 0;
  const command = commands[migrate.command];
  if (command?.kind !== "sql") return undefined;
  return (await listWaiting(environment, migrate.command, command)).length === 0;
}
