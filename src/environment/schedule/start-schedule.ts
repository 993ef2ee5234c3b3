import { join } from "node:path";
import { Cron } from "croner";
import { AppError } from "../../errors/app-error.ts";
import { runLogged } from "../commands/run-logged.ts";
import type { OnEnvironmentEvent } from "../events.ts";
import type { Environment } from "../open-environment.ts";

export interface ScheduleOptions {
  /** From being asked to end until being killed. */
  readonly graceMs: number;
  readonly onEvent: OnEnvironmentEvent;
}

export interface RunningSchedule {
  /** Starts nothing more, ends what runs. */
  stop(): Promise<void>;
}

/**
 * Runs the commands of a plan's schedule at their times, in the time zone of this process. One that is still running when
 * its time comes is not started again, and that is said; neither is one that another program runs in the same environment.
 */
export function startSchedule(
  environment: Environment,
  { graceMs, onEvent }: ScheduleOptions,
): RunningSchedule {
  const { runnable, directories } = environment;
  const stopping = new AbortController();
  const running = new Map<string, Promise<void>>();
  const skip = (part: string) => {
    onEvent({ kind: "warning", message: `${part} is skipped: it still runs from the last time` });
  };
  const run = async (part: string, command: string) => {
    const lock = join(directories.run, `schedule-${part}.lock`);
    try {
      const options = { part, graceMs, onEvent, lock, signal: stopping.signal };
      const { isLocked } = await runLogged(environment, command, options);
      if (isLocked) skip(part);
    } catch (error) {
      if (stopping.signal.aborted) return;
      const reason = error instanceof AppError ? error.message : `cannot run ${part}: ${String(error)}`;
      onEvent({ kind: "warning", message: reason });
    }
  };
  const crons = Object.entries(runnable.plan.schedule ?? {}).map(([part, { cron, command }]) => {
    return new Cron(cron, () => {
      if (running.has(part)) return skip(part);
      running.set(
        part,
        run(part, command).finally(() => running.delete(part)),
      );
    });
  });
  return {
    async stop() {
      for (const cron of crons) cron.stop();
      stopping.abort();
      await Promise.all(running.values());
    },
  };
}
