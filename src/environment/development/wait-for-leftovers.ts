import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { findParent } from "../../system/process-stat.ts";
import type { Directories } from "../directories/directories.ts";
import { listPresences } from "../presence.ts";
import type { ClaimOptions } from "./claim-environment.ts";

const BETWEEN_MS = 50;

/** Waits until guards have ended what a `holdall dev` that was killed has left in an environment. */
export async function waitForLeftovers(
  directories: Directories,
  { graceMs, signal, onEvent }: ClaimOptions,
): Promise<void> {
  const deadline = performance.now() + graceMs + 2000;
  for (let isSaid = false; performance.now() < deadline; isSaid = true) {
    if (!(await hasLeftovers(directories))) return;
    if (!isSaid)
      onEvent({ kind: "note", message: "waiting for processes to end that another holdall has left" });
    await setTimeout(BETWEEN_MS, undefined, { signal });
  }
}

/** Whether a process of an environment has a guard, and that nobody whom it serves. */
async function hasLeftovers(directories: Directories): Promise<boolean> {
  const owners = new Set((await listPresences(directories.base)).map(({ pid }) => pid));
  for (const pid of await listProcesses(directories)) {
    const above = await listAbove(pid);
    const isGuarded = (await Promise.all([pid, ...above].map(isGuard))).includes(true);
    if (isGuarded && !above.some((each) => owners.has(each))) return true;
  }
  return false;
}

/** Processes of this user that were given the directories of this environment, for development; their guards too. */
async function listProcesses({ run }: Directories): Promise<readonly number[]> {
  const wanted = [`RUNTIME_DIRECTORY=${run}`, "HOLDALL_ENVIRONMENT=development"];
  const found: number[] = [];
  for (const name of await readdir("/proc").catch(() => [])) {
    if (!/^\d+$/.test(name) || Number(name) === process.pid) continue;
    const words = (await readProc(name, "environ")).split("\0");
    const isProcess = words.some((word) => word.startsWith("HOLDALL_PROCESS="));
    if (isProcess && wanted.every((word) => words.includes(word))) found.push(Number(name));
  }
  return found;
}

async function listAbove(pid: number): Promise<readonly number[]> {
  const above: number[] = [];
  for (let next = await findParent(pid); next !== undefined && next > 0; next = await findParent(next))
    above.push(next);
  return above;
}

/** What a person runs by `holdall run` has none, and ends when it likes. */
async function isGuard(pid: number): Promise<boolean> {
  const words = (await readProc(String(pid), "cmdline")).split("\0");
  return words.some((word) => word.endsWith("/support/environment/guard.py"));
}

/** It may end meanwhile, or be that of another user: then it says nothing. */
async function readProc(pid: string, file: string): Promise<string> {
  return readFile(join("/proc", pid, file), "latin1").catch(() => "");
}
