import { join } from "node:path";
import { Readable } from "node:stream";
import type { ProcessEnd } from "../../system/guarded-process.ts";
import type { OnEnvironmentEvent } from "../events.ts";
import type { Environment } from "../open-environment.ts";
import { ProcessLog } from "../processes/process-log.ts";
import { readLines, startInstance } from "../processes/start-instance.ts";
import { findCommand } from "./find-command.ts";
import { runCommand } from "./run-command.ts";
import { startOfCommand } from "./start-of-command.ts";

export interface LoggedOptions {
  /** What its lines and its log are named after: `migrate`, the name in the schedule. */
  readonly part: string;
  /** From being asked to end until being killed. */
  readonly graceMs: number;
  /** Ends it and all that came of it. */
  readonly signal?: AbortSignal | undefined;
  readonly onEvent: OnEnvironmentEvent;
  /** Absolute path of a lock: where another one holds it, it does not run, and its end says `isLocked`. */
  readonly lock?: string;
}

export interface LoggedEnd extends ProcessEnd {
  /** The last lines, the oldest first. */
  readonly last: readonly string[];
}

/**
 * Runs a command of the plan to its end as one part of an environment: without a terminal or input, its lines told as
 * they come and kept in its log.
 * @throws AppError as runCommand() does; the signal's reason.
 */
export async function runLogged(
  environment: Environment,
  name: string,
  options: LoggedOptions,
): Promise<LoggedEnd> {
  const { part, signal, onEvent } = options;
  const log = new ProcessLog(join(environment.directories.logs, `${part}.log`));
  const startedAtMs = performance.now();
  onEvent({ kind: "command-started", part, command: name });
  try {
    const end = await run(environment, name, { ...options, log });
    const ranMs = Math.round(performance.now() - startedAtMs);
    if (!end.isLocked) onEvent({ kind: "command-ended", part, command: name, ranMs, ...end });
    signal?.throwIfAborted();
    return { ...end, last: log.last.map(({ line }) => line) };
  } finally {
    await log.close();
  }
}

async function run(
  environment: Environment,
  name: string,
  { part, graceMs, signal, onEvent, lock, log }: LoggedOptions & { readonly log: ProcessLog },
): Promise<ProcessEnd> {
  const command = await findCommand(environment.runnable, name);
  if (command.kind === "argv") {
    const start = await startOfCommand(environment, name, { command, args: [] });
    const python = join(environment.runnable.prefix, "bin/python");
    const env = { PYTHONUNBUFFERED: "1", ...start.env }; // as for a process: its lines are told as they come
    const guard = { python, ...start, env, graceMs, signal, ...(lock !== undefined && { lock }) };
    signal?.throwIfAborted();
    const { started, finished } = await startInstance(guard, { part, log, onEvent });
    await finished;
    return started.ended;
  }
  const { stdout, stderr, ...end } = await runCommand(environment, name, { signal, onEvent });
  for (const [stream, text] of [["stdout", stdout] as const, ["stderr", stderr] as const]) {
    await readLines(Readable.from([Buffer.from(text)]), async (line) => {
      const told = { at: new Date().toISOString(), stream, line };
      await Promise.all([onEvent({ kind: "output", part, ...told }), log.write(told)]);
    });
  }
  return end;
}
