import { createConnection, type Socket } from "node:net";
import { setTimeout } from "node:timers/promises";
import type { EnvironmentEvent } from "../events.ts";
import type { Address } from "../resolve-argv.ts";

/** How long a request waits for `web`, which may be starting again after a change. */
const WAIT_MS = 10_000;
const BETWEEN_MS = 50;

/** `web` does not answer. The message is one sentence, no final period. */
export class Unanswered extends Error {}

/** Knows whether `web` can be asked, and waits for it. */
export class Gate {
  readonly #address: Address;
  readonly #waitMs: number;
  #state: "starting" | "listening" | { readonly verdict: string } = "starting";
  #holds = 0;

  constructor(address: Address, { waitMs = WAIT_MS } = {}) {
    this.#address = address;
    this.#waitMs = waitMs;
  }

  /** Requests wait as long as they may, whatever `web` does, until the function that it returns is called, once. */
  hold(): () => void {
    this.#holds += 1;
    return () => {
      this.#holds -= 1;
    };
  }

  hear(event: EnvironmentEvent): void {
    if (!("part" in event) || event.part !== "web") return;
    if (event.kind === "listening") this.#state = "listening";
    if (event.kind === "started" || event.kind === "ended") this.#state = "starting";
    if (event.kind === "given-up") this.#state = { verdict: event.message };
  }

  /**
   * A connection of its own for each request: what `web` does with it, closing it too, means this request.
   * @throws Unanswered; the reason of the signal.
   */
  async connect(signal: AbortSignal): Promise<Socket> {
    for (const deadline = performance.now() + this.#waitMs; ; ) {
      const isOver = performance.now() > deadline;
      const state = this.#holds > 0 && !isOver ? "held" : this.#state;
      if (typeof state === "object") throw new Unanswered(state.verdict);
      const socket = state === "listening" ? await connect(this.#address) : undefined;
      if (socket !== undefined) return socket;
      if (isOver) throw this.#refuse();
      await setTimeout(BETWEEN_MS, undefined, { signal });
    }
  }

  #refuse(): Unanswered {
    const { host, port } = this.#address;
    return new Unanswered(
      `cannot ask web: nothing has listened on port ${port} of ${host} for ${this.#waitMs / 1000} seconds; its command line has to say {port}, or it has to read PORT, and its log says what it does`,
    );
  }
}

function connect(address: Address): Promise<Socket | undefined> {
  return new Promise((resolve) => {
    const socket = createConnection({ ...address, noDelay: true });
    socket.once("connect", () => resolve(socket));
    socket.once("error", () => resolve(undefined));
  });
}
