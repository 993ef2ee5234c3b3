import { spawn } from "node:child_process";
import { open } from "node:fs/promises";

export interface ProcessOptions {
  readonly cwd?: string;
  /** The whole environment; nothing of this process's is added. */
  readonly env: NodeJS.ProcessEnv;
  readonly input?: string;
  /** Path of a file that is its input instead. */
  readonly inputFile?: string;
  /** Ends the process and all it has started in its group. */
  readonly signal?: AbortSignal | undefined;
  /** Called with each line of either stream, without its end. */
  readonly onLine?: ((line: string) => void) | undefined;
  /** Of each stream, the last bytes are kept. Default 4 MiB. */
  readonly keepBytes?: number;
}

export interface ProcessResult {
  /** Exit status; undefined when a signal ended it. */
  readonly status: number | undefined;
  readonly signal: NodeJS.Signals | undefined;
  readonly stdout: string;
  readonly stderr: string;
}

const GRACE_MS = 3000;

/**
 * Runs a program to its end, in a process group of its own so that an abort reaches its children too. Never a shell.
 * @throws the `spawn` error (`ENOENT`, `EACCES`) when it cannot be started; the signal's reason when aborted, after the
 * process has ended.
 */
export async function runProcess(argv: readonly string[], options: ProcessOptions): Promise<ProcessResult> {
  const [program, ...args] = argv;
  if (program === undefined) throw new Error("an argv has at least one word");
  options.signal?.throwIfAborted();
  const { cwd, env, inputFile } = options;
  const file = inputFile === undefined ? undefined : await open(inputFile);
  const child = spawn(program, args, {
    ...{ ...(cwd === undefined ? {} : { cwd }), env, detached: true },
    stdio: [file?.fd ?? "pipe", "pipe", "pipe"],
  });
  const stdout = keepTail(options);
  const stderr = keepTail(options);
  child.stdout?.on("data", stdout.add);
  child.stderr?.on("data", stderr.add);
  child.stdin?.on("error", () => {}); // it may end without reading its input
  child.stdin?.end(options.input ?? "");

  let force: NodeJS.Timeout | undefined;
  const killGroup = (signal: NodeJS.Signals) => {
    try {
      if (child.pid !== undefined) process.kill(-child.pid, signal);
    } catch {
      // ESRCH: the group has ended already
    }
  };
  const abort = () => {
    killGroup("SIGTERM");
    force = setTimeout(() => killGroup("SIGKILL"), GRACE_MS);
  };
  options.signal?.addEventListener("abort", abort, { once: true });
  try {
    const [status, signal] = await new Promise<[number | null, NodeJS.Signals | null]>((resolve, reject) => {
      child.once("error", reject);
      child.once("close", (...end) => resolve(end));
    });
    options.signal?.throwIfAborted();
    return {
      status: status ?? undefined,
      signal: signal ?? undefined,
      stdout: stdout.end(),
      stderr: stderr.end(),
    };
  } finally {
    await file?.close();
    clearTimeout(force);
    options.signal?.removeEventListener("abort", abort);
  }
}

function keepTail({ onLine, keepBytes = 4 * 1024 * 1024 }: ProcessOptions) {
  const decoder = new TextDecoder();
  let text = "";
  let line = "";
  const add = (bytes: Uint8Array) => {
    const piece = decoder.decode(bytes, { stream: true });
    text = (text + piece).slice(-keepBytes);
    if (onLine === undefined) return;
    const lines = (line + piece).split("\n");
    line = (lines.pop() ?? "").slice(-keepBytes);
    for (const whole of lines) onLine(whole);
  };
  const end = () => {
    if (line !== "") onLine?.(line);
    return text;
  };
  return { add, end };
}
