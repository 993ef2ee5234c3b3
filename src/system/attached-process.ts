import { spawn } from "node:child_process";
import { closeSync, openSync } from "node:fs";
import { join } from "node:path";
import type { ProcessEnd } from "./guarded-process.ts";
import { PACKAGE_ROOT } from "./package-root.ts";
import type { Replacement } from "./replace-process.ts";

const ENTER = join(PACKAGE_ROOT, "support/environment/enter.py");

/** Signals that are for the program, whoever got them. */
const FORWARDED = ["SIGHUP", "SIGTERM", "SIGUSR1", "SIGUSR2"] as const;
/** A terminal sends these to the whole group, so to the program as well. */
const FROM_TERMINALS = ["SIGINT", "SIGQUIT"] as const;

export interface EnterOptions {
  /** Absolute path of a Python 3.8 or newer. */
  readonly python: string;
  /** This program has to stay: when it ends, the other is asked to end. */
  readonly isTied?: boolean;
  /** Absolute path of a file that two programs never hold at the same time: the later one ends with status 75. */
  readonly lock?: string | undefined;
}

/** The same start by way of support/environment/enter.py. */
export function enterArgv(
  argv: readonly string[],
  { python, isTied = false, lock = "" }: EnterOptions,
): readonly string[] {
  return [python, "-I", "-S", "-B", ENTER, isTied ? String(process.pid) : "", lock, ...argv];
}

/**
 * Runs a program in this one's process group, with its terminal and streams, to its end. What a signal means is the program's to
 * say meanwhile: listeners of this one rest.
 */
export async function runAttached({ argv, cwd, env }: Replacement): Promise<ProcessEnd> {
  const [program, ...words] = argv;
  if (program === undefined) throw new Error("an argv has at least one word");
  const signals = [...FORWARDED, ...FROM_TERMINALS];
  const before = signals.map((signal) => [signal, process.listeners(signal)] as const);
  const isSentBySystem = hasTerminal();
  for (const signal of signals) process.removeAllListeners(signal);
  try {
    const child = spawn(program, words, { cwd, env, stdio: "inherit" });
    for (const signal of FORWARDED) process.on(signal, () => void child.kill(signal));
    for (const signal of FROM_TERMINALS) {
      process.on(signal, () => void (isSentBySystem || child.kill(signal)));
    }
    return await new Promise<ProcessEnd>((resolve, reject) => {
      child.once("error", reject);
      child.once("exit", (status, signal) =>
        resolve({ status: status ?? undefined, signal: signal ?? undefined }),
      );
    });
  } finally {
    for (const [signal, listeners] of before) {
      process.removeAllListeners(signal);
      for (const listener of listeners) process.on(signal, listener);
    }
  }
}

/** Whether this process has a controlling terminal. */
function hasTerminal(): boolean {
  try {
    closeSync(openSync("/dev/tty", "r"));
    return true;
  } catch {
    return false; // ENXIO, and wherever there is no such file
  }
}
