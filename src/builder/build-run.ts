import type { BuildStep, OnBuildEvent } from "./events.ts";

/** What every part of one build shares. */
export interface BuildRun {
  /** Of the application, absolute. */
  readonly directory: string;
  /** Private to this build and removed with it; on the file system of the cache. */
  readonly work: string;
  /** docs/building.md, "The cache". */
  readonly cache: string;
  /** Of the user: the programs that a build runs see it. */
  readonly env: NodeJS.ProcessEnv;
  readonly signal: AbortSignal | undefined;
  readonly onEvent: OnBuildEvent;
  /** Where answers of last time are used while the question is asked again; absent where they may not be. */
  readonly assumptions?: Assumptions;
}

/** Each resolves with whether what was assumed is so. */
export type Assumptions = Promise<boolean>[];

/** Reports a step around the work that it is about. An error ends it without the second event. */
export async function reportStep<Result>(
  run: BuildRun,
  step: BuildStep,
  about: { readonly subject?: string; readonly count?: number },
  work: () => Promise<Result>,
): Promise<Result> {
  run.onEvent({ kind: "step-started", step, ...about });
  run.signal?.throwIfAborted();
  const result = await work();
  run.onEvent({ kind: "step-ended", step, ...about });
  return result;
}
