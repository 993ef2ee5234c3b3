import { AppError } from "../../errors/app-error.ts";
import { isMigrated } from "../commands/is-migrated.ts";
import { runLogged } from "../commands/run-logged.ts";
import { workingDirectoryOf } from "../directories/directories.ts";
import type { OnEnvironmentEvent } from "../events.ts";
import type { Environment } from "../open-environment.ts";
import { findMisplaced, renderMisplaced } from "../processes/find-misplaced.ts";

/**
 * Whether migrations run: a decision, or somebody to ask, who is not asked any more after the signal; undefined: nobody has
 * decided, and nobody is there.
 */
export type Migrate = boolean | ((command: string, signal: AbortSignal) => Promise<boolean>) | undefined;

export interface MigrationOptions {
  readonly migrate: Migrate;
  readonly graceMs: number;
  /** Ends a migration that runs. */
  readonly signal: AbortSignal;
  readonly onEvent: OnEnvironmentEvent;
}

/** Offers the lifecycle command `migrate` whenever it has something to do, once for each time that something comes. */
export interface MigrationOffer {
  /** Before anything has started. @throws AppError `command_failed`, and what the commands throw. */
  first(environment: Environment): Promise<void>;
  /** Beside what runs, after a change of files; until the signal. What is wrong is a warning. */
  again(environment: Environment, signal: AbortSignal): Promise<void>;
}

export function offerMigrations(options: MigrationOptions): MigrationOffer {
  const { migrate, onEvent } = options;
  let wasOffered = false;

  async function offer(
    environment: Environment,
    { isFirst, signal }: { isFirst: boolean; signal: AbortSignal },
  ) {
    const command = environment.runnable.plan.lifecycle?.migrate?.command;
    if (command === undefined || migrate === false) return;
    const before = await isMigrated(environment, { signal });
    if (before === true) {
      wasOffered = false;
      return;
    }
    // Where nothing tells, it is offered at the start alone.
    if (!isFirst && (before === undefined || wasOffered)) return;
    wasOffered = true;
    if (migrate === undefined) {
      onEvent({ kind: "note", message: `${command} was not run; \`--migrate\` runs it first` });
      return;
    }
    if (migrate !== true && !(await migrate(command, signal))) return;
    await runMigration(environment, command, options);
    wasOffered = before === false && (await isMigrated(environment, { signal })) === false;
  }

  return {
    first: (environment) => offer(environment, { isFirst: true, signal: options.signal }),
    async again(environment, signal) {
      try {
        await offer(environment, { isFirst: false, signal });
      } catch (error) {
        if (signal.aborted)
          wasOffered = false; // there was no answer
        else if (error instanceof AppError) onEvent({ kind: "warning", message: error.message });
        else throw error;
      }
    },
  };
}

async function runMigration(
  environment: Environment,
  command: string,
  { graceMs, signal, onEvent }: MigrationOptions,
): Promise<void> {
  const {
    status,
    signal: by,
    last,
  } = await runLogged(environment, command, {
    ...{ part: command, graceMs, signal, onEvent },
  });
  if (status === 0) return;
  const { directories, runnable } = environment;
  const cwd = workingDirectoryOf(directories, runnable);
  const misplaced = findMisplaced(last, { app: runnable.app, cwd });
  throw new AppError({
    code: "command_failed",
    message: `cannot bring the data up to date: ${command} has ended ${by === undefined ? `with status ${status}` : `by ${by}`}`,
    hint:
      misplaced === undefined
        ? "`--no-migrate` starts the application without."
        : `${renderMisplaced(misplaced)}.`,
    excerpt: last.join("\n") || undefined,
    details: { command, status, signal: by },
  });
}
