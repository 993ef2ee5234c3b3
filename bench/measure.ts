/** Something that is timed. */
export interface Timed {
  readonly name: string;
  /** Not counted. */
  readonly prepare?: () => void;
  readonly work: () => void;
}

export interface Rounds {
  readonly rounds: number;
  /** A round before, which warms the page cache and is thrown away; default true. */
  readonly hasWarmUp?: boolean;
}

export interface Time {
  readonly kind: "time";
  readonly medianMs: number;
  /** Half the distance between the quartiles: what "about" means for this median. */
  readonly spreadMs: number;
  readonly runs: number;
}

/**
 * Times all in turn, round after round, so that a machine which slows down slows down for each of them.
 * @returns by name, in the order that they came in.
 */
export function measure(timed: readonly Timed[], { rounds, hasWarmUp = true }: Rounds): Map<string, Time> {
  const samples = new Map(timed.map(({ name }): [string, number[]] => [name, []]));
  for (let round = hasWarmUp ? 0 : 1; round <= rounds; round += 1) {
    for (const { name, prepare, work } of timed) {
      prepare?.();
      const startMs = performance.now();
      work();
      const elapsedMs = performance.now() - startMs;
      if (round > 0) samples.get(name)?.push(elapsedMs);
    }
  }
  return new Map([...samples].map(([name, list]) => [name, summarize(list)]));
}

/** @param samples - at least one. */
export function summarize(samples: readonly number[]): Time {
  const sorted = samples.toSorted((a, b) => a - b);
  return {
    kind: "time",
    medianMs: quantile(sorted, 0.5),
    spreadMs: (quantile(sorted, 0.75) - quantile(sorted, 0.25)) / 2,
    runs: samples.length,
  };
}

/** Between two samples, the point on the line from one to the other. */
function quantile(sorted: readonly number[], fraction: number): number {
  const place = fraction * (sorted.length - 1);
  const low = sorted[Math.floor(place)] ?? Number.NaN;
  const high = sorted[Math.ceil(place)] ?? Number.NaN;
  return low + (high - low) * (place - Math.floor(place));
}
