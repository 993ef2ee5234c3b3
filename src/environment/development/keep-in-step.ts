import { AppError } from "../../errors/app-error.ts";
import type { Runnable } from "../runnable.ts";
import { checkSettings, isOutdated, openSession, type Session, type SessionOptions } from "./session.ts";
import type { FileWatcher } from "./watch-files.ts";

export interface StepOptions extends SessionOptions {
  /** Makes the application ready as its files are now. */
  readonly prepare: () => Promise<Runnable>;
  /** Undefined: nothing is watched, and the first verdict is the end. */
  readonly watcher: FileWatcher | undefined;
  readonly signal: AbortSignal;
}

/**
 * Goes on until the signal, then stops all. After a change of files processes are started again; where plan, dependencies or
 * settings are others, all is; and where what is there now cannot be run, that is said and what runs goes on.
 * @throws AppError `process_failed` where nothing is watched; everything is stopped then, too.
 */
export async function keepInStep(first: Session, options: StepOptions): Promise<void> {
  const { watcher, signal } = options;
  let session: Session | undefined = first;
  const aborted = new Promise<undefined>((resolve) => {
    if (signal.aborted) resolve(undefined);
    signal.addEventListener("abort", () => resolve(undefined), { once: true });
  });
  try {
    if (watcher === undefined) {
      await Promise.race([first.failed(), aborted]);
      return;
    }
    while (!signal.aborted) {
      const files = await watcher.next(signal).catch((error: unknown) => {
        if (!signal.aborted) throw error;
      });
      if (files === undefined) return;
      session = await follow(session, files, options);
    }
  } finally {
    if (session !== undefined) options.onEvent({ kind: "stopping" });
    await session?.stop();
  }
}

/** @returns the session that runs now; undefined when none does, until the next change. */
async function follow(
  session: Session | undefined,
  files: readonly string[],
  options: StepOptions,
): Promise<Session | undefined> {
  const { onEvent, signal, prepare } = options;
  let current = session;
  onEvent({ kind: "changed", files });
  try {
    const runnable = await prepare();
    const settings = await checkSettings(runnable, options);
    if (current !== undefined && !isOutdated(current, { runnable, settings })) {
      // Written by the preparation itself.
      if (!files.every((file) => file === "holdall.lock")) await current.restart();
      return current;
    }
    await current?.stop();
    current = undefined;
    return await openSession(runnable, options, async () => {});
  } catch (error) {
    if (signal.aborted) return current;
    if (!(error instanceof AppError)) throw error;
    const goesOn =
      current === undefined ? "the next change is waited for" : "what was started before goes on";
    onEvent({ kind: "warning", message: `${error.message}; ${goesOn}` });
    return current;
  }
}
