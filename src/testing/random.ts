import type { TestContext } from "node:test";

/** Numbers from 0 up to 1 that follow from a seed, which the test prints. */
export function makeRandom(t: TestContext, seed = Math.floor(Math.random() * 2 ** 32)): () => number {
  t.diagnostic(`seed ${seed}`);
  return randomOf(seed);
}

/** Numbers from 0 up to 1 that follow from a seed (mulberry32). */
export function randomOf(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** @throws Error when there is nothing to pick from. */
export function pick<Item>(random: () => number, items: readonly Item[]): Item {
  const item = items[Math.floor(random() * items.length)];
  if (item === undefined) throw new Error("nothing to pick from");
  return item;
}
