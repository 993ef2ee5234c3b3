import { join } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { type GuardedProcess, startGuarded, USUAL_GRACE_MS } from "../../system/guarded-process.ts";
import type { CommandOptions, CommandPlace, CommandResult } from "./run-command.ts";
import type { ProgramStart } from "./start-of-command.ts";

export const KEEP_BYTES = 4 * 1024 * 1024;

/** Runs a program under a guard and keeps the end of what it prints. */
export async function runCollected(
  { runnable }: Pick<CommandPlace, "runnable">,
  { argv, cwd, env }: ProgramStart,
  { input, keepBytes = KEEP_BYTES, signal }: CommandOptions,
): Promise<CommandResult> {
  const python = join(runnable.prefix, "bin/python");
  const hasInput = input !== undefined;
  const started = await startGuarded({ python, argv, cwd, env, graceMs: USUAL_GRACE_MS, hasInput, signal });
  try {
    const feeding = feed(started, input);
    const streams = [started.stdout, started.stderr].map((stream) => keepTail(stream, keepBytes));
    const [stdout = "", stderr = ""] = await Promise.all(streams);
    const end = await started.ended;
    await feeding;
    signal?.throwIfAborted();
    return { ...end, stdout, stderr };
  } finally {
    await started.stop();
  }
}

async function feed({ stdin }: GuardedProcess, input: CommandOptions["input"]): Promise<void> {
  if (stdin === undefined || input === undefined) return;
  const source = input instanceof Readable ? input : Readable.from([input]);
  // It may end without reading all of it.
  await pipeline(source, stdin).catch(() => {});
}

/** All of it is read, so that a flood never blocks the program; its last bytes are kept. */
export async function keepTail(stream: AsyncIterable<Uint8Array>, keepBytes: number): Promise<string> {
  let kept: Uint8Array[] = [];
  let size = 0;
  for await (const piece of stream) {
    kept.push(piece);
    size += piece.length;
    if (size < 2 * keepBytes + 1) continue;
    kept = [Buffer.concat(kept).subarray(-keepBytes)];
    size = keepBytes;
  }
  return Buffer.concat(kept).subarray(-keepBytes).toString("utf8");
}
