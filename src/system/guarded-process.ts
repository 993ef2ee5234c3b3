import { type ChildProcess, spawn } from "node:child_process";
import { open } from "node:fs/promises";
import { Socket } from "node:net";
import { join } from "node:path";
import type { Readable, Writable } from "node:stream";
import { PACKAGE_ROOT } from "./package-root.ts";

export interface GuardOptions {
  /** Absolute path of a Python 3.8 or newer, which runs support/environment/guard.py. */
  readonly python: string;
  /** Never a shell; the first word is looked up in the PATH of `env` when it has no `/`. */
  readonly argv: readonly string[];
  readonly cwd: string;
  /** The whole environment; nothing of this process's is added. */
  readonly env: Readonly<NodeJS.ProcessEnv>;
  /** From being asked to end until being killed. */
  readonly graceMs: number;
  /** Absolute path of a file that two processes never hold at the same time: the later one ends with status 75. */
  readonly lock?: string;
  /** Whether `stdin` is a pipe; otherwise it reads nothing. */
  readonly hasInput?: boolean;
  /** What the process becomes; only root can change it. The guard stays who started it. */
  readonly user?: SystemUser | undefined;
  /**
   * A directory that the process has as HELD_DIRECTORY, and all that it starts: `user` may own one that it could not
   * reach by its path, as the directories above are somebody else's.
   */
  readonly held?: string;
  /**
   * Absolute path of a directory where the process sees `held`, and nobody else does: for one that wants a path without
   * links. Only root can ask for it, and only where it may mount.
   */
  readonly heldAt?: string | undefined;
  /** Asks it to end, as stop() does. */
  readonly signal?: AbortSignal | undefined;
}

/** Its descriptor in the guard and below. Linux follows such a link without asking for the way: proc_pid_fd(5). */
const HELD = 4;
export const HELD_DIRECTORY = `/proc/self/fd/${HELD}`;

/** As the kernel has it; without supplementary groups. */
export interface SystemUser {
  readonly uid: number;
  readonly gid: number;
}

export interface ProcessEnd {
  /** Undefined when a signal ended it. */
  readonly status: number | undefined;
  readonly signal: NodeJS.Signals | undefined;
  /** It was not started: another one holds the lock. The status is LOCK_HELD then; others may end with that, too. */
  readonly isLocked?: true;
}

/** A process with a guard, which ends it and all that came of it when this program ends, however that is. */
export interface GuardedProcess {
  /** Of the guard; signals to it reach the process. */
  readonly pid: number;
  readonly stdin: Writable | undefined;
  readonly stdout: Readable;
  readonly stderr: Readable;
  /** Never rejects. */
  readonly ended: Promise<ProcessEnd>;
  kill(signal: NodeJS.Signals): void;
  /**
   * Asks it to end, kills what is left after the grace, and waits until all of it has gone. When this program exits
   * meanwhile, there is no grace.
   */
  stop(): Promise<ProcessEnd>;
}

/** What a guard ends with when another process holds the lock: EX_TEMPFAIL of sysexits.h. */
export const LOCK_HELD = 75;

/** From being asked to end until being killed, where nobody says otherwise. */
export const USUAL_GRACE_MS = 5000;

const GUARD = join(PACKAGE_ROOT, "support/environment/guard.py");
const CONTROL = 3;

/** Asked to end, and not ended yet. Whoever exits meanwhile does not want to wait: on SIGQUIT a guard kills. */
const stopping = new Set<ChildProcess>();
process.once("exit", () => {
  for (const child of stopping) child.kill("SIGQUIT");
});

/** @throws the `spawn` error when the guard itself cannot be started. */
export async function startGuarded(options: GuardOptions): Promise<GuardedProcess> {
  const { child, ended, stop } = await spawnGuard(options, [
    options.hasInput ? "pipe" : "ignore",
    "pipe",
    "pipe",
  ]);
  child.stdin?.on("error", () => {}); // it may end without reading its input
  const { pid, stdout, stderr } = child;
  if (pid === undefined || stdout === null || stderr === null)
    throw new Error("a child was asked for with pipes");
  return {
    ...{ pid, stdin: child.stdin ?? undefined, stdout, stderr, ended, stop },
    kill: (signal) => void child.kill(signal),
  };
}

export interface RunGuardedOptions extends Omit<GuardOptions, "hasInput"> {
  /** Descriptor of ours that its standard output goes to; its other streams are ours. */
  readonly output: number;
}

/** Runs a process to its end with our own streams. It is in a session of its own: Ctrl-C is for us. */
export async function runGuarded({ output, ...options }: RunGuardedOptions): Promise<ProcessEnd> {
  options.signal?.throwIfAborted();
  const { ended } = await spawnGuard(options, ["inherit", output, "inherit"]);
  return ended;
}

type Streams = readonly ["pipe" | "ignore" | "inherit", "pipe" | number, "pipe" | "inherit"];

async function spawnGuard(options: Omit<GuardOptions, "hasInput">, streams: Streams) {
  const { python, argv, cwd, env, graceMs, lock = "", user, held, heldAt, signal } = options;
  if (argv.length === 0) throw new Error("an argv has at least one word");
  const become = user === undefined ? "" : `${user.uid}:${user.gid}`;
  // Its path: what is open belongs to the mounts of the namespace in which it was opened.
  const mount = heldAt === undefined ? "" : `${held}:${heldAt}`;
  const place = [GUARD, String(CONTROL), String(graceMs / 1000), lock, become, mount];
  const words = ["-I", "-S", "-B", ...place, ...argv];
  const directory = held === undefined ? undefined : await open(held);
  const child = spawn(python, words, {
    ...{ cwd, env, detached: true },
    stdio: [...streams, "pipe", ...(directory ? [directory.fd] : [])],
  });
  const ended = new Promise<ProcessEnd>((resolve) => {
    child.once("close", (status, signal) => {
      stopping.delete(child);
      const end = { status: status ?? undefined, signal: signal ?? undefined };
      resolve(isLocked ? { ...end, isLocked } : end);
    });
  });
  let isLocked: true | undefined;
  await new Promise<void>((resolve, reject) => {
    child.once("spawn", resolve);
    child.once("error", reject);
  }).finally(() => directory?.close());
  const control = child.stdio[CONTROL];
  if (!(control instanceof Socket)) throw new Error("a control was asked for");
  control.on("error", () => {}); // it ends before we let go
  control.on("data", () => {
    isLocked = true;
  });
  const stop = () => {
    if (child.exitCode === null && child.signalCode === null) stopping.add(child);
    control.destroy(); // what a crash of this program does, too
    return ended;
  };
  const abort = () => void stop();
  signal?.addEventListener("abort", abort, { once: true });
  if (signal?.aborted) abort();
  void ended.then(() => signal?.removeEventListener("abort", abort));
  return { child, ended, stop };
}
