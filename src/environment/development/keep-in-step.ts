import { AppError } from "../../errors/app-error.ts";
import type { Runnable } from "../application/runnable.ts";
import type { MigrationOffer } from "./offer-migration.ts";
import { checkSettings, isOutdated, openSession, type Session, type SessionOptions } from "./session.ts";
import type { FileWatcher } from "./watch-files.ts";

export interface StepOptions extends SessionOptions {
  /** Makes the application ready as its files are now. */
  readonly prepare: () => Promise<Runnable>;
  /** Undefined: nothing is watched, and the first verdict is the end. */
  readonly watcher: FileWatcher | undefined;
  /** Resolves when `isFirst` is so. */
  readonly turn: Promise<void>;
  readonly signal: AbortSignal;
  readonly migrations: MigrationOffer;
}

/**
 * Goes on until the signal, then stops all. After a change of files processes are started again; where plan, dependencies or
 * settings are others, or what runs once comes here, all is; and where what is there now cannot be run, that is said and what
 * runs goes on.
 * @throws AppError `process_failed` where nothing is watched, and then what openSession() throws; everything is stopped then, too.
 */
export async function keepInStep(first: Session, options: StepOptions): Promise<void> {
  const { watcher, signal, turn } = options;
  let session: Session | undefined = first;
  let beside: Beside | undefined;
  const aborted = Promise.withResolvers<undefined>();
  signal.addEventListener("abort", () => aborted.resolve(undefined), { once: true });
  let taken = first.isFirst ? undefined : turn.then((): News => ({ kind: "turn" }));
  let changed: Promise<News> | undefined;
  try {
    while (!signal.aborted) {
      changed ??= watcher?.next(signal).then((files) => ({ kind: "changed", files }));
      const news = await Promise.race([
        aborted.promise,
        ...(changed ? [changed] : []),
        ...(taken ? [taken] : []),
        ...(watcher === undefined && session ? [session.failed()] : []),
      ]);
      if (news === undefined) return;
      if (news.kind === "changed") changed = undefined;
      else taken = undefined;
      await beside?.stop();
      session = await follow(session, news, options);
      if (session) beside = offerBeside(session, options);
    }
  } catch (error) {
    if (!signal.aborted) throw error;
  } finally {
    await beside?.stop();
    if (session !== undefined) options.onEvent({ kind: "stopping" });
    await session?.stop();
  }
}

type News = { readonly kind: "changed"; readonly files: readonly string[] } | { readonly kind: "turn" };

interface Beside {
  /** Waits for a migration that runs; a question is taken back. */
  stop(): Promise<void>;
}

/** A change of files may have brought a migration: nothing waits for the answer. */
function offerBeside({ environment }: Session, { migrations, signal }: StepOptions): Beside {
  const controller = new AbortController();
  const offered = migrations.again(environment, AbortSignal.any([controller.signal, signal]));
  offered.catch(() => {}); // is thrown where it is awaited
  return {
    async stop() {
      controller.abort();
      await offered;
    },
  };
}

/** @returns the session that runs now; undefined when none does, until the next change. */
async function follow(
  session: Session | undefined,
  news: News,
  options: StepOptions,
): Promise<Session | undefined> {
  const { onEvent, signal, prepare, watcher } = options;
  let current = session;
  const release = current?.hold();
  if (news.kind === "changed") onEvent(news);
  else onEvent({ kind: "note", message: "the other `holdall dev` has ended, and this one takes over" });
  try {
    const runnable = await prepare();
    const settings = await checkSettings(runnable, options);
    if (current !== undefined && !isOutdated(current, { runnable, settings, isFirst: options.isFirst() })) {
      // The lock is written by the preparation itself.
      const isNews = news.kind === "changed" && news.files.some((file) => file !== "holdall.lock");
      if (isNews) await current.restart();
      return current;
    }
    await current?.stop();
    current = undefined;
    return await openSession(runnable, options, async () => {});
  } catch (error) {
    if (signal.aborted) return current;
    if (!(error instanceof AppError) || watcher === undefined) throw error;
    const goesOn =
      current === undefined ? "the next change is waited for" : "what was started before goes on";
    onEvent({ kind: "warning", message: `${error.message}; ${goesOn}` });
    return current;
  } finally {
    release?.();
  }
}
