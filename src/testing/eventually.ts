import { setTimeout } from "node:timers/promises";

const BETWEEN_MS = 20;

/**
 * Asks until the answer is not undefined. The deadline is there so that a hanging test ends, not to measure: it is far
 * beyond what a slow machine needs.
 * @throws Error with the last answer's reason when the deadline is over.
 */
export async function eventually<Value>(
  what: string,
  ask: () => Promise<Value | undefined> | Value | undefined,
  { withinMs = 60_000 } = {},
): Promise<Value> {
  const deadline = Date.now() + withinMs;
  while (Date.now() < deadline) {
    const answer = await ask();
    if (answer !== undefined) return answer;
    await setTimeout(BETWEEN_MS);
  }
  throw new Error(`waited ${withinMs} ms in vain: ${what}`);
}
