import { Writable } from "node:stream";
import { runCommandLine } from "../cli/run-command-line.ts";

export interface Answer {
  readonly status: number | NodeJS.Signals;
  readonly stdout: string;
  readonly stderr: string;
}

export interface HoldallOptions {
  readonly env?: Readonly<NodeJS.ProcessEnv>;
  readonly signal?: AbortSignal;
}

/** Runs a command line in this process, with streams that collect. */
export async function runHoldall(argv: readonly string[], options: HoldallOptions = {}): Promise<Answer> {
  const { env = {}, signal = new AbortController().signal } = options;
  const stdout = collect();
  const stderr = collect();
  const status = await runCommandLine(argv, {
    env,
    stdout: () => stdout.stream,
    stderr: () => stderr.stream,
    signal,
  });
  return { status, stdout: stdout.text(), stderr: stderr.text() };
}

function collect() {
  const chunks: string[] = [];
  const stream = new Writable({
    write(chunk, _encoding, done) {
      chunks.push(String(chunk));
      done();
    },
  });
  return { stream, text: () => chunks.join("") };
}
