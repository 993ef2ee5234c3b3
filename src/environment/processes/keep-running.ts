import { setTimeout } from "node:timers/promises";
import { AppError } from "../../errors/app-error.ts";
import type { GuardOptions, ProcessEnd } from "../../system/guarded-process.ts";
import { findFirstWord } from "../commands/start-of-command.ts";
import type { OnEnvironmentEvent } from "../events.ts";
import type { Address } from "../resolve-argv.ts";
import { findMisplaced, renderMisplaced } from "./find-misplaced.ts";
import type { ProcessLog } from "./process-log.ts";
import { decideRestart, type RestartPolicy, USUAL_POLICY } from "./restart-policy.ts";
import { type Instance, startInstance } from "./start-instance.ts";
import { waitForListener } from "./wait-for-listener.ts";

/** Where it may run once only and another one does: how often it is asked whether that has ended. */
const BETWEEN_TURNS_MS = 500;

export interface KeptOptions {
  /** `web`, `worker.2`. */
  readonly part: string;
  readonly guard: GuardOptions;
  /** Absolute directory of the application's files. */
  readonly app: string;
  readonly log: ProcessLog;
  /** Where it listens, and how that is told. */
  readonly listener?: { readonly address: Address; readonly shown: string };
  readonly policy?: RestartPolicy;
  readonly onEvent: OnEnvironmentEvent;
}

/** One instance of a process, started again whenever it ends. */
export interface KeptProcess {
  readonly part: string;
  /**
   * Rejects with AppError `process_failed` when it does not keep running, `program_not_found` when there is nothing to
   * run; resolves when it was stopped. Never both.
   */
  readonly done: Promise<void>;
  /** Ends it and starts it anew, without a wait: after a change. */
  restart(): Promise<void>;
  stop(): Promise<void>;
}

export function keepRunning(options: KeptOptions): KeptProcess {
  const stopping = new AbortController();
  let instance: Instance | undefined;
  let isRestarting = false;
  let isWaiting = false;
  const done = run();
  done.catch(() => {}); // whoever waits for it hears of it

  return {
    part: options.part,
    done,
    async restart() {
      isRestarting = true;
      await instance?.started.stop();
    },
    async stop() {
      stopping.abort();
      await instance?.started.stop();
      await done.catch(() => {});
    },
  };

  async function run(): Promise<void> {
    const { part, onEvent, policy = USUAL_POLICY } = options;
    for (let failures = 0; !stopping.signal.aborted; ) {
      // What is not there now is not there after a pause.
      await findFirstWord(part, options.guard.argv[0] ?? "", options.guard).catch(giveUp);
      const startedAtMs = performance.now();
      const end = await runOnce();
      if (stopping.signal.aborted) return;
      if (isRestarting) {
        isRestarting = false;
        failures = 0;
        continue;
      }
      if (end.isLocked) {
        await waitForTurn();
        continue;
      }
      const ranMs = performance.now() - startedAtMs;
      const decision = decideRestart(policy, { failures, ranMs });
      failures = decision.failures;
      if (decision.kind === "given-up") {
        const misplaced = findMisplaced(
          options.log.last.map(({ line }) => line),
          { app: options.app, cwd: options.guard.cwd },
        );
        if (misplaced !== undefined) onEvent({ kind: "warning", message: renderMisplaced(misplaced) });
        giveUp(processFailed(options, end, { failures, misplaced }));
      }
      onEvent({ kind: "restarting", part, afterMs: decision.afterMs });
      await setTimeout(decision.afterMs, undefined, { signal: stopping.signal }).catch(() => {});
    }
  }

  function giveUp(verdict: unknown): never {
    if (verdict instanceof AppError)
      options.onEvent({ kind: "given-up", part: options.part, message: verdict.message });
    throw verdict;
  }

  async function waitForTurn(): Promise<void> {
    const { part, onEvent } = options;
    const message = `${part} waits: it runs already, and never twice (overlap: never)`;
    if (!isWaiting) onEvent({ kind: "note", message });
    isWaiting = true;
    await setTimeout(BETWEEN_TURNS_MS, undefined, { signal: stopping.signal }).catch(() => {});
  }

  async function runOnce(): Promise<ProcessEnd> {
    const { part, guard, log, listener, onEvent } = options;
    instance = await startInstance(guard, { part, log, onEvent });
    onEvent({ kind: "started", part, pid: instance.started.pid, address: listener?.shown });
    if (stopping.signal.aborted) await instance.started.stop(); // it was asked for meanwhile
    const ended = new AbortController();
    const listening = listener && tellListening(listener, ended.signal);
    const end = await instance.started.ended;
    ended.abort();
    await Promise.all([instance.finished, listening]);
    if (!end.isLocked) onEvent({ kind: "ended", part, wasAsked: isAsked(), ...end });
    return end;
  }

  function isAsked(): boolean {
    return isRestarting || stopping.signal.aborted;
  }

  async function tellListening(
    { address, shown }: NonNullable<KeptOptions["listener"]>,
    ended: AbortSignal,
  ): Promise<void> {
    const { part, onEvent } = options;
    const isListening = await waitForListener(address, AbortSignal.any([ended, stopping.signal]));
    if (isListening && !ended.aborted) onEvent({ kind: "listening", part, address: shown });
  }
}

function processFailed(
  { part, log }: KeptOptions,
  end: ProcessEnd,
  { failures, misplaced }: { readonly failures: number; readonly misplaced: string | undefined },
): AppError {
  const how = end.signal === undefined ? `with status ${end.status}` : `by ${end.signal}`;
  return new AppError({
    code: "process_failed",
    message: `cannot keep ${part} running: it has ended ${failures} times, at last ${how}`,
    hint: misplaced === undefined ? `All that it wrote is in ${log.path}.` : `${renderMisplaced(misplaced)}.`,
    excerpt: log.last.map(({ line }) => line).join("\n") || undefined,
    details: { process: part, ...end, log: log.path },
  });
}
