import { createHash } from "node:crypto";
import { mkdir, readdir, readFile, realpath, rm } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { takeNameLock } from "../../system/name-lock.ts";
import type { Directories } from "../directories.ts";
import type { OnEnvironmentEvent } from "../events.ts";

export interface Claim {
  /** Nobody else develops in this environment: what happens once is ours. */
  readonly isFirst: boolean;
  release(): Promise<void>;
}

export interface ClaimOptions {
  /** What guards of a program that was killed may need to end what they guard. */
  readonly graceMs: number;
  readonly signal: AbortSignal | undefined;
  readonly onEvent: OnEnvironmentEvent;
}

const BETWEEN_MS = 50;

/**
 * Enters an environment. The first one waits until what a killed program has left there has ended, and empties `tmp`; others
 * leave all as it is.
 */
export async function claimEnvironment(
  directories: Directories,
  { graceMs, signal, onEvent }: ClaimOptions,
): Promise<Claim> {
  await mkdir(directories.base, { recursive: true });
  const place = createHash("sha256")
    .update(await realpath(directories.base))
    .digest("hex");
  const lock = await takeNameLock(`holdall-dev-${process.getuid?.()}-${place.slice(0, 32)}`);
  if (lock === undefined) return { isFirst: false, release: async () => {} };
  await waitForLeftovers(directories, { graceMs, signal, onEvent });
  await rm(directories.tmp, { recursive: true, force: true });
  return { isFirst: true, release: lock.release };
}

async function waitForLeftovers(
  directories: Directories,
  { graceMs, signal, onEvent }: ClaimOptions,
): Promise<void> {
  const deadline = performance.now() + graceMs + 2000;
  for (let isSaid = false; performance.now() < deadline; isSaid = true) {
    if (!(await hasProcesses(directories))) return;
    if (!isSaid)
      onEvent({ kind: "note", message: "waiting for processes to end that another holdall has left" });
    await setTimeout(BETWEEN_MS, undefined, signal && { signal });
  }
}

/** Whether a process of this user was given the directories of this environment, for development. */
async function hasProcesses({ run }: Directories): Promise<boolean> {
  const wanted = [`RUNTIME_DIRECTORY=${run}`, "HOLDALL_ENVIRONMENT=development"];
  for (const name of await readdir("/proc").catch(() => [])) {
    if (!/^\d+$/.test(name) || Number(name) === process.pid) continue;
    // It may end meanwhile, or be that of another user.
    const variables = await readFile(join("/proc", name, "environ"), "latin1").catch(() => "");
    const words = variables.split("\0");
    if (
      wanted.every((word) => words.includes(word)) &&
      words.some((word) => word.startsWith("HOLDALL_PROCESS="))
    )
      return true;
  }
  return false;
}
