import { AppError } from "../../errors/app-error.ts";
import { USUAL_GRACE_MS } from "../../system/guarded-process.ts";
import type { EnvironmentEvent } from "../events.ts";
import { openFront } from "../front/open-front.ts";
import type { Environment } from "../open-environment.ts";
import { checkProcessNames } from "../processes/check-process-names.ts";
import type { RestartPolicy } from "../processes/restart-policy.ts";
import { type RunningProcesses, startProcesses } from "../processes/start-processes.ts";
import { addressUrl, waitForListener } from "../processes/wait-for-listener.ts";
import type { Address } from "../resolve-argv.ts";
import { EventFeed } from "./event-feed.ts";
import type { Lifetime } from "./lifetime.ts";

const START_MS = 60_000;

export interface StartOptions {
  /** From being asked to end until being killed. Default 5,000. */
  readonly graceMs?: number;
  /** From the start until it listens, which has to be before this. Default 60,000. */
  readonly startMs?: number;
  /** When it is started again after it has ended. */
  readonly policy?: RestartPolicy;
  /** Ends the start, not what has been started. */
  readonly signal?: AbortSignal;
}

/** A process of the plan, all its instances, started again when one ends. */
export interface StartedProcess extends AsyncDisposable {
  readonly name: string;
  /** Where it listens; undefined when it does not. */
  readonly address: Address | undefined;
  /** The same for HTTP, with a `/` at the end. */
  readonly url: string | undefined;
  /** Of its instances alone; a reader gets the last 1,000 first. */
  readonly events: AsyncIterable<EnvironmentEvent>;
  /** Rejects with AppError `process_failed` when one of them ends again and again; resolves when all were stopped. */
  readonly done: Promise<void>;
  restart(): Promise<void>;
  stop(): Promise<void>;
}

interface Owned extends StartOptions {
  readonly signal: AbortSignal;
  readonly onEvent: (event: EnvironmentEvent) => void;
  readonly lifetime: Lifetime;
}

/** @throws AppError `process_not_found` with the near miss, `process_failed`; then nothing of it is left. */
export async function startProcess(
  environment: Environment,
  name: string,
  options: Owned,
): Promise<StartedProcess> {
  checkProcessNames(environment.runnable, [name]);
  const { graceMs = USUAL_GRACE_MS, startMs = START_MS, policy, signal, onEvent, lifetime } = options;
  signal.throwIfAborted();
  const events = new EventFeed<EnvironmentEvent>();
  const tell = (event: EnvironmentEvent) => {
    events.publish(event);
    onEvent(event);
  };
  const front = await openFront(environment, { only: [name], onEvent: tell });
  const running = startProcesses(environment, {
    ...{ only: [name], graceMs, onEvent: front.onEvent, webAddress: front.webAddress },
    ...(policy && { policy }),
  });
  const close = async () => {
    front.stopListening();
    await running.stop();
    await front.close();
    events.close();
  };
  const { disown } = lifetime.own({ close }, "part");
  const stop = () => close().finally(disown);
  const address = environment.addresses[name];
  try {
    const listener = front.webAddress ?? address;
    if (listener !== undefined)
      await waitUntilItListens(running, { name, address: listener, startMs, signal });
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    ...{ name, address, url: address && addressUrl(address), events, done: running.done },
    restart() {
      const release = front.hold();
      return running.restart().finally(release);
    },
    ...{ stop, [Symbol.asyncDispose]: stop },
  };
}

async function waitUntilItListens(
  running: RunningProcesses,
  {
    name,
    address,
    startMs,
    signal,
  }: {
    readonly name: string;
    readonly address: Address;
    readonly startMs: number;
    readonly signal: AbortSignal;
  },
): Promise<void> {
  const over = new AbortController();
  const within = AbortSignal.any([signal, over.signal, AbortSignal.timeout(startMs)]);
  try {
    const listening = waitForListener(address, within);
    if (await Promise.race([listening, running.done.then(() => false)])) return;
    signal.throwIfAborted();
    throw new AppError({
      code: "process_failed",
      message: `cannot start ${name}: it does not listen on port ${address.port} of ${address.host} after ${startMs / 1000} seconds`,
      hint: "Its command line has to say `{port}`, or it has to read PORT; its log says what it does.",
      details: { process: name, ...address },
    });
  } finally {
    over.abort();
  }
}
