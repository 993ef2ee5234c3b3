import { spawn } from "node:child_process";
import { join } from "node:path";
import type { ProcessEnd } from "./guarded-process.ts";
import { PACKAGE_ROOT } from "./package-root.ts";
import type { Replacement } from "./replace-process.ts";
import { isInForeground, takeSignals } from "./take-signals.ts";

const ENTER = join(PACKAGE_ROOT, "support/environment/enter.py");

/** Signals that are for the program, whoever got them. */
const FORWARDED = ["SIGHUP", "SIGTERM", "SIGUSR1", "SIGUSR2"] as const;
/** A terminal sends these to the whole group, so to the program as well. */
const FROM_TERMINALS: readonly NodeJS.Signals[] = ["SIGINT", "SIGQUIT"];

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
  const child = spawn(program, words, { cwd, env, stdio: "inherit" });
  const giveBack = takeSignals([...FORWARDED, ...FROM_TERMINALS], (name, origin) => {
    const hasIt = origin === "system" && FROM_TERMINALS.includes(name) && isInForeground();
    if (!hasIt) child.kill(name);
  });
  try {
    return await new Promise<ProcessEnd>((resolve, reject) => {
      child.once("error", reject);
      child.once("exit", (status, signal) =>
        resolve({ status: status ?? undefined, signal: signal ?? undefined }),
      );
    });
  } finally {
    giveBack();
  }
}
