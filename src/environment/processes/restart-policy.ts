/** When a process that has ended is started again. Pure: times come from the caller. */
export interface RestartPolicy {
  /** After the first end. */
  readonly firstMs: number;
  /** Each later one is twice as long, up to this. */
  readonly longestMs: number;
  /** A process that ran as long as this is forgiven what was before. */
  readonly steadyMs: number;
  /** So many ends in a row, none of them after a steady run: the verdict is that it does not start. */
  readonly attempts: number;
}

export const USUAL_POLICY: RestartPolicy = { firstMs: 250, longestMs: 10_000, steadyMs: 10_000, attempts: 6 };

export type RestartDecision =
  | { readonly kind: "again"; readonly afterMs: number; readonly failures: number }
  | { readonly kind: "given-up"; readonly failures: number };

/** @param failures - ends in a row before this one; @param ranMs - how long it ran this time. */
export function decideRestart(
  { firstMs, longestMs, steadyMs, attempts }: RestartPolicy,
  { failures, ranMs }: { readonly failures: number; readonly ranMs: number },
): RestartDecision {
  const now = ranMs >= steadyMs ? 1 : failures + 1;
  if (now >= attempts) return { kind: "given-up", failures: now };
  return { kind: "again", afterMs: Math.min(firstMs * 2 ** (now - 1), longestMs), failures: now };
}
