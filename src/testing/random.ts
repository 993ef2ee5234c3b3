import type { TestContext } from "node:test";

/** Numbers from 0 up to 1 that follow from a seed, which the test prints (mulberry32). */
export function makeRandom(t: TestContext, seed = Math.floor(Math.random() * 2 ** 32)): () => number {
  t.diagnostic(`seed ${seed}`);
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

export function pick<Item>(random: () => number, items: readonly [Item, ...Item[]]): Item {
  return items[Math.floor(random() * items.length)] ?? items[0];
}
