import { createHash } from "node:crypto";
import { mkdir, realpath, rm } from "node:fs/promises";
import { setTimeout } from "node:timers/promises";
import { takeNameLock } from "../../system/name-lock.ts";
import type { Directories } from "../directories/directories.ts";
import type { OnEnvironmentEvent } from "../events.ts";
import { listPresences, prunePresences } from "../presence.ts";
import { waitForLeftovers } from "./wait-for-leftovers.ts";

/** A place among those that develop in one environment. */
export interface Claim {
  /** What happens once (the schedule, the mail) is ours. */
  isFirst(): boolean;
  /** Resolves when that is so: at once, or when whoever had it has ended. */
  readonly turn: Promise<void>;
  release(): Promise<void>;
}

export interface ClaimOptions {
  /** What guards of a program that was killed may need to end what they guard. */
  readonly graceMs: number;
  readonly signal: AbortSignal;
  readonly onEvent: OnEnvironmentEvent;
}

/** How often it is asked whether the first one has ended. */
const BETWEEN_TURNS_MS = 500;

/**
 * Enters an environment. The first one waits until what a killed program has left there has ended, and empties `tmp`; others
 * leave all as it is, and wait for their turn. The kernel says who is first, so it is never nobody for long.
 */
export async function claimEnvironment(directories: Directories, options: ClaimOptions): Promise<Claim> {
  const name = await nameOf(directories);
  const released = new AbortController();
  const signal = AbortSignal.any([released.signal, options.signal]);
  const turn = Promise.withResolvers<void>();
  let isFirst = false;
  let lock = await takeNameLock(name);
  const enter = async () => {
    await cleanUp(directories, { ...options, signal });
    isFirst = true;
    turn.resolve();
  };
  const release = async () => {
    released.abort();
    await waiting;
    await lock?.release();
  };
  let waiting = Promise.resolve();
  if (lock === undefined) waiting = waitForTurn().catch(ignoreAbort);
  else {
    await enter().catch(async (error: unknown) => {
      await release();
      throw error;
    });
  }
  return { isFirst: () => isFirst, turn: turn.promise, release };

  async function waitForTurn(): Promise<void> {
    while (lock === undefined) {
      await setTimeout(BETWEEN_TURNS_MS, undefined, { signal });
      lock = await takeNameLock(name);
    }
    await enter();
  }

  function ignoreAbort(error: unknown): void {
    if (!signal.aborted) throw error;
  }
}

/** One name for all ways that lead to the environment. */
async function nameOf({ base }: Directories): Promise<string> {
  await mkdir(base, { recursive: true });
  const place = createHash("sha256")
    .update(await realpath(base))
    .digest("hex");
  return `holdall-dev-${process.getuid?.()}-${place.slice(0, 32)}`;
}

async function cleanUp(directories: Directories, options: ClaimOptions): Promise<void> {
  await waitForLeftovers(directories, options);
  await prunePresences(directories);
  if ((await listPresences(directories.base)).length === 0)
    await rm(directories.tmp, { recursive: true, force: true });
}
