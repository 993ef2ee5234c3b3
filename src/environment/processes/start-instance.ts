import type { Readable } from "node:stream";
import { type GuardedProcess, type GuardOptions, startGuarded } from "../../system/guarded-process.ts";
import type { OnEnvironmentEvent } from "../events.ts";
import { type LogLine, MAX_LINE, type ProcessLog } from "./process-log.ts";

export interface Instance {
  readonly started: GuardedProcess;
  /** When it and its output have ended, and all lines are in the log. */
  readonly finished: Promise<void>;
}

/** Starts one process under its guard; each line goes to its log and is told. */
export async function startInstance(
  options: GuardOptions,
  {
    part,
    log,
    onEvent,
  }: { readonly part: string; readonly log: ProcessLog; readonly onEvent: OnEnvironmentEvent },
): Promise<Instance> {
  const started = await startGuarded(options);
  const tell = async (line: LogLine) => {
    await Promise.all([onEvent({ kind: "output", part, ...line }), log.write(line)]);
  };
  const reading = [
    readLines(started.stdout, (line) => tell({ at: new Date().toISOString(), stream: "stdout", line })),
    readLines(started.stderr, (line) => tell({ at: new Date().toISOString(), stream: "stderr", line })),
  ];
  const finished = Promise.all([...reading, started.ended]).then(() => {});
  return { started, finished };
}

/**
 * Calls `onLine` with each line, one after the other: a process that writes faster than its lines are taken waits, as
 * it would on a terminal. A line that is too long is cut, and says so.
 */
export async function readLines(stream: Readable, onLine: (line: string) => Promise<void>): Promise<void> {
  let line = "";
  let left = 0;
  const end = async () => {
    await onLine(left > 0 ? `${line} … (${left} more characters)` : line.replace(/\r$/, ""));
    line = "";
    left = 0;
  };
  for await (const piece of stream.setEncoding("utf8") as AsyncIterable<string>) {
    const [first = "", ...others] = piece.split("\n");
    const add = (text: string) => {
      const room = MAX_LINE - line.length;
      line += text.slice(0, room);
      left += Math.max(0, text.length - room);
    };
    add(first);
    for (const text of others) {
      await end();
      add(text);
    }
  }
  if (line !== "" || left > 0) await end();
}
