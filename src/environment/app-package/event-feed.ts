/** Of what was told, the last ones are kept for whoever begins to read later, and for one that reads slowly. */
const KEPT = 1000;

/** Events for any number of readers, each at its own pace. Nobody waits for a reader: one that is too slow misses the oldest. */
export class EventFeed<Event> implements AsyncIterable<Event> {
  #events: Event[] = [];
  /** How many have been dropped from the front. */
  #dropped = 0;
  #isClosed = false;
  #waiting: (() => void)[] = [];

  publish(event: Event): void {
    if (this.#isClosed) return;
    this.#events.push(event);
    // In batches: to take one from the front of a long array moves all others.
    if (this.#events.length >= 2 * KEPT) this.#dropped += this.#events.splice(0, KEPT).length;
    this.#wake();
  }

  /** Readers get what is left, and then the end. */
  close(): void {
    this.#isClosed = true;
    this.#wake();
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Event, void> {
    for (let next = 0; ; next += 1) {
      next = Math.max(next, this.#dropped);
      while (next - this.#dropped >= this.#events.length) {
        if (this.#isClosed) return;
        await new Promise<void>((resolve) => this.#waiting.push(resolve));
        next = Math.max(next, this.#dropped);
      }
      const event = this.#events[next - this.#dropped];
      if (event !== undefined) yield event;
    }
  }

  #wake(): void {
    for (const resolve of this.#waiting.splice(0)) resolve();
  }
}
