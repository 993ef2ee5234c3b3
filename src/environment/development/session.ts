import { isDeepStrictEqual } from "node:util";
import { planDirectories } from "../directories.ts";
import type { OnEnvironmentEvent } from "../events.ts";
import { MAIL_PART } from "../mail/deliver-message.ts";
import { type MailListener, startMail } from "../mail/start-mail.ts";
import { type Environment, type EnvironmentOptions, openEnvironment } from "../open-environment.ts";
import type { RestartPolicy } from "../processes/restart-policy.ts";
import { listParts, type RunningProcesses, startProcesses } from "../processes/start-processes.ts";
import type { Runnable } from "../runnable.ts";
import { startSchedule } from "../schedule/start-schedule.ts";
import { type GatheredSettings, gatherSettings } from "../settings/gather-settings.ts";
import { requireSettings } from "../settings/resolve-settings.ts";

export interface SessionOptions extends Omit<EnvironmentOptions, "kind" | "onEvent" | "runnable"> {
  readonly onEvent: OnEnvironmentEvent;
  /** Names of processes; default: all. */
  readonly only: readonly string[] | undefined;
  /** From being asked to end until being killed. */
  readonly graceMs: number;
  readonly policy: RestartPolicy;
  /** Whether what is there once (the schedule, the mail listener) runs here. */
  readonly isFirst: boolean;
}

/** All of an application that runs in one open environment. */
export interface Session {
  readonly environment: Environment;
  /** What it was opened with: another one needs another session. */
  readonly settings: GatheredSettings;
  /** Rejects with the verdict on a process (`process_failed`). */
  failed(): Promise<void>;
  /** All processes anew; services, schedule and mail go on. */
  restart(): Promise<void>;
  /** Mail, so that nothing new comes in; processes, `web` first; then schedule and services. */
  stop(): Promise<void>;
}

/**
 * Reads the settings that a session would have.
 * @throws AppError as gatherSettings() and requireSettings() do: then nothing was changed.
 */
export async function checkSettings(runnable: Runnable, options: SessionOptions): Promise<GatheredSettings> {
  const gathered = await gatherSettings(runnable.plan, planDirectories(options.base, runnable.kind), options);
  requireSettings(gathered.resolved.filter(({ planned }) => planned.generate === undefined));
  return gathered;
}

/** Whether a session has to be opened anew for what is there now; settings as checkSettings() gives them. */
export function isOutdated(
  { environment, settings }: Session,
  { runnable, settings: now }: { readonly runnable: Runnable; readonly settings: GatheredSettings },
): boolean {
  return !isDeepStrictEqual([environment.runnable, settings], [runnable, now]);
}

/**
 * @param prepare - runs before any process: a migration. What it throws ends what was opened.
 * @throws AppError as openEnvironment() does.
 */
export async function openSession(
  runnable: Runnable,
  options: SessionOptions,
  prepare: (environment: Environment) => Promise<void>,
): Promise<Session> {
  const { onEvent, graceMs, isFirst } = options;
  const environment = await openEnvironment({
    ...options,
    ...{ runnable, kind: "development", isWithoutMail: !isFirst },
  });
  try {
    const settings = await gatherSettings(runnable.plan, environment.directories, options);
    const { name: application, version } = runnable;
    onEvent({ kind: "opened", application, version, parts: listParts(runnable.plan, options.only) });
    await prepare(environment);
    const mail = isFirst ? await openMail(environment, onEvent) : undefined;
    let running: RunningProcesses = startProcesses(environment, options);
    const schedule = isFirst ? startSchedule(environment, { graceMs, onEvent }) : undefined;
    return {
      ...{ environment, settings },
      failed: () => running.done,
      async restart() {
        await running.stop();
        running = startProcesses(environment, options);
      },
      async stop() {
        await mail?.stop();
        await running.stop();
        await schedule?.stop();
        await environment.close();
      },
    };
  } catch (error) {
    await environment.close();
    throw error;
  }
}

/** Undefined for an application that gets none. */
async function openMail(
  environment: Environment,
  onEvent: OnEnvironmentEvent,
): Promise<MailListener | undefined> {
  if (environment.runnable.plan.mail === undefined) return undefined;
  const mail = await startMail(environment, { onEvent });
  onEvent({ kind: "listening", part: MAIL_PART, address: mail.address });
  return mail;
}
