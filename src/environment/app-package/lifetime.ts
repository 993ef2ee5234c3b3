interface Closable {
  close(): Promise<void>;
}

/** What is closed first: parts that run in an environment, the environment, the directory in which all of it is. */
const ORDER = ["part", "environment", "directory"] as const;
type Level = (typeof ORDER)[number];

/** What has been opened and is under way, so that one `close` ends all of it, whenever it comes. */
export class Lifetime {
  readonly #closing = new AbortController();
  readonly #working = new Set<Promise<unknown>>();
  readonly #open = new Map<Closable, Level>();
  readonly #subject: string;
  #closed: Promise<void> | undefined;

  /** @param subject - what is closed, for the error of whoever uses it afterwards. */
  constructor(subject: string) {
    this.#subject = subject;
  }

  /**
   * Runs `work` with a signal that `close` aborts, too.
   * @throws Error when it was closed before; the reason when it is closed or aborted meanwhile.
   */
  async run<Result>(
    signal: AbortSignal | undefined,
    work: (signal: AbortSignal) => Promise<Result>,
  ): Promise<Result> {
    const either = AbortSignal.any([this.#closing.signal, ...(signal ? [signal] : [])]);
    either.throwIfAborted();
    const working = work(either);
    this.#working.add(working);
    try {
      return await working;
    } catch (error) {
      either.throwIfAborted(); // what was aborted says so in ways of its own
      throw error;
    } finally {
      this.#working.delete(working);
    }
  }

  /** `closable` is closed with everything else, unless it is disowned before. */
  own(closable: Closable, level: Level): { readonly disown: () => void } {
    this.#open.set(closable, level);
    return { disown: () => this.#open.delete(closable) };
  }

  /** Aborts what is under way and closes what is open. Whoever calls it again waits for the same end. */
  close(): Promise<void> {
    this.#closed ??= this.#close();
    return this.#closed;
  }

  async #close(): Promise<void> {
    this.#closing.abort(new Error(`${this.#subject} is closed`));
    while (this.#working.size > 0) await Promise.allSettled(this.#working);
    const failures: unknown[] = [];
    for (const level of ORDER) {
      const ends = [...this.#open].filter(([, own]) => own === level).map(([each]) => each.close());
      for (const end of await Promise.allSettled(ends)) {
        if (end.status === "rejected") failures.push(end.reason);
      }
    }
    if (failures.length > 0) throw failures[0];
  }
}
