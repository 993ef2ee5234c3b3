import { isDeepStrictEqual } from "node:util";
import type { Runnable } from "../application/runnable.ts";
import { planDirectories } from "../directories/directories.ts";
import type { OnEnvironmentEvent } from "../events.ts";
import { type Front, openFront } from "../front/open-front.ts";
import { MAIL_PART } from "../mail/deliver-message.ts";
import { type MailListener, startMail } from "../mail/start-mail.ts";
import { type Environment, type EnvironmentOptions, openEnvironment } from "../open-environment.ts";
import { type Presence, removePresence, writePresence } from "../presence.ts";
import type { RestartPolicy } from "../processes/restart-policy.ts";
import { listParts, startProcesses } from "../processes/start-processes.ts";
import { startSchedule } from "../schedule/start-schedule.ts";
import { type GatheredSettings, gatherSettings } from "../settings/gather-settings.ts";
import { requireSettings } from "../settings/resolve-settings.ts";

export interface SessionOptions extends Omit<EnvironmentOptions, "kind" | "onEvent" | "runnable" | "starts"> {
  readonly onEvent: OnEnvironmentEvent;
  /** Names of processes; default: all. */
  readonly only: readonly string[] | undefined;
  /** From being asked to end until being killed. */
  readonly graceMs: number;
  readonly policy: RestartPolicy;
  /** Whether what is there once (the schedule, the mail listener) runs here. */
  readonly isFirst: () => boolean;
}

/** All of an application that runs in one open environment. */
export interface Session {
  readonly environment: Environment;
  /** What it was opened with: another one needs another session. */
  readonly settings: GatheredSettings;
  readonly isFirst: boolean;
  /** Rejects with the verdict on a process (`process_failed`). */
  failed(): Promise<void>;
  /**
   * Requests wait, where there is a front, until the function that it returns is called: they would get what was there
   * before.
   */
  hold(): () => void;
  /** All processes anew; services, schedule and mail go on. */
  restart(): Promise<void>;
  /** Front and mail, so that nothing new comes in; processes, `web` first; then schedule and services. */
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

/** What a session is made for; settings as checkSettings() gives them. */
type Occasion = Pick<Session, "settings" | "isFirst"> & { readonly runnable: Runnable };

/** Whether a session has to be opened anew for what is there now. */
export function isOutdated({ environment, settings, isFirst }: Session, now: Occasion): boolean {
  return !isDeepStrictEqual({ runnable: environment.runnable, settings, isFirst }, now);
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
  const { onEvent, only } = options;
  const isFirst = options.isFirst();
  const starts = [...(only ?? Object.keys(runnable.plan.processes)), ...(isFirst ? [MAIL_PART] : [])];
  const environment = await openEnvironment({ ...options, runnable, kind: "development", starts });
  const { directories } = environment;
  let front: Front | undefined;
  const close = async () => {
    await front?.close();
    await environment.close();
    await removePresence(directories);
  };
  try {
    const settings = await gatherSettings(runnable.plan, directories, options);
    const { name: application, version } = runnable;
    onEvent({ kind: "opened", application, version, parts: listParts(runnable.plan, only) });
    await prepare(environment);
    await writePresence(directories, describePresence(environment, { only, isFirst }));
    front = await openFront(environment, { only, onEvent });
    const parts = await startParts(environment, { ...options, front, withOnce: isFirst });
    const stop = () => parts.stop().then(close);
    return { environment, settings, isFirst, ...parts, stop };
  } catch (error) {
    await close();
    throw error;
  }
}

interface PartsOptions extends Omit<SessionOptions, "isFirst"> {
  readonly front: Front;
  /** With the schedule and the mail listener. */
  readonly withOnce: boolean;
}

async function startParts(
  environment: Environment,
  options: PartsOptions,
): Promise<Pick<Session, "failed" | "hold" | "restart" | "stop">> {
  const { onEvent, graceMs, front, withOnce } = options;
  const mail = withOnce ? await openMail(environment, onEvent) : undefined;
  const start = () =>
    startProcesses(environment, { ...options, onEvent: front.onEvent, webAddress: front.webAddress });
  let running = start();
  const schedule = withOnce ? startSchedule(environment, { graceMs, onEvent }) : undefined;
  return {
    failed: () => running.done,
    hold: () => front.hold(),
    async restart() {
      await running.stop();
      running = start();
    },
    async stop() {
      front.stopListening();
      await mail?.stop();
      await running.stop();
      await schedule?.stop();
    },
  };
}

function describePresence(
  { runnable: { plan }, addresses, mailAddress: mail }: Environment,
  { only, isFirst }: Pick<SessionOptions, "only"> & { readonly isFirst: boolean },
): Omit<Presence, "pid"> {
  const own = Object.entries(addresses).filter(([name]) => only?.includes(name) ?? true);
  return {
    ...{ isFirst, parts: listParts(plan, only), addresses: Object.fromEntries(own) },
    ...(isFirst && mail && { mail }),
  };
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
