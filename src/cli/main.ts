import { once } from "node:events";
import { constants } from "node:os";
import { isatty } from "node:tty";
import { AppError } from "../errors/app-error.ts";
import { hearStarter, takeSignals } from "../system/take-signals.ts";
import { ownStderr } from "./own-stderr.ts";
import { runCommandLine } from "./run-command-line.ts";

/** One file with the memory of the program is enough: signal(7). */
const LEAVING_CORES: readonly NodeJS.Signals[] = [
  ...(["SIGQUIT", "SIGILL", "SIGTRAP", "SIGABRT", "SIGBUS", "SIGFPE", "SIGSEGV", "SIGSYS"] as const),
  ...(["SIGXCPU", "SIGXFSZ"] as const),
];
/** The pipe was closed; the terminal was. */
const NOBODY_READS: readonly string[] = ["EPIPE", "EIO"];

/** Signals that come so close together are one; nobody presses Ctrl-C twice as fast. */
const TOGETHER_MS = 100;

/** The process itself: signals, streams and exit status around one command line. */
async function main(): Promise<void> {
  ownStderr();
  const controller = new AbortController();
  let signalledAtMs: number | undefined;
  takeSignals(["SIGHUP", "SIGINT", "SIGTERM"], (name) => {
    const nowMs = performance.now();
    // timeout(1) and others send one to the process and one to its group.
    if (signalledAtMs !== undefined && nowMs - signalledAtMs < TOGETHER_MS) return;
    // The second one does not wait for what cleans up after the first.
    if (signalledAtMs !== undefined) process.exit(128 + constants.signals[name]);
    signalledAtMs = nowMs;
    controller.abort(new AppError({ code: "interrupted", message: `cannot finish: interrupted by ${name}` }));
  });
  // Ctrl-\ waits for nothing; by default it would leave a file with all of the memory, secrets too.
  takeSignals(["SIGQUIT"], () => process.exit(128 + constants.signals.SIGQUIT));
  watchStarter(controller);
  const end = await runCommandLine(process.argv.slice(2), {
    env: process.env,
    stdout: () => openStdout(controller),
    stderr: () => process.stderr,
    signal: controller.signal,
    ...(isatty(0) &&
      isatty(2) && {
        confirm: (question, until) =>
          confirm(question, AbortSignal.any([controller.signal, ...(until ? [until] : [])])),
      }),
  });
  // Not process.exit(): output to a pipe may still be on its way.
  if (typeof end === "number") process.exitCode = end;
  else endBy(end);
}

/** As the program has ended that this one stood for. */
function endBy(signal: NodeJS.Signals): void {
  const number = constants.signals[signal];
  process.exitCode = 128 + number;
  if (LEAVING_CORES.includes(signal)) return;
  process.removeAllListeners(signal);
  process.kill(process.pid, signal);
}

/** bin/holdall.js, where it starts this process beside itself: without it nobody would end what runs here. */
function watchStarter(controller: AbortController): void {
  if (process.channel == null) return; // null once it is closed
  process.once("disconnect", () => {
    controller.abort(
      new AppError({ code: "interrupted", message: "cannot finish: what started holdall has gone" }),
    );
  });
  hearStarter();
  process.channel.unref();
}

/** Not by keys but by lines: Ctrl-C stays a signal. */
async function confirm(question: string, signal: AbortSignal): Promise<boolean> {
  const { createInterface } = await import("node:readline/promises");
  const reader = createInterface({ input: process.stdin, output: process.stderr, terminal: false });
  try {
    const closed = once(reader, "close").then(() => "no"); // Ctrl-D
    const answer = await Promise.race([reader.question(`${question} [Y/n] `, { signal }), closed]);
    return !/^\s*no?\s*$/i.test(answer);
  } catch (error) {
    process.stderr.write("\n"); // the line of a question that nobody is asked any more
    throw error;
  } finally {
    reader.close(); // pauses standard input: nothing waits for it, and it can be asked again
  }
}

/** `holdall inspect app.holdall | head` ends when head has seen enough, without a word; what still runs is ended first. */
function openStdout(controller: AbortController): NodeJS.WriteStream {
  if (process.stdout.listenerCount("error") > 0) return process.stdout;
  return process.stdout.on("error", (error: NodeJS.ErrnoException) => {
    const { code = "" } = error;
    const reason = NOBODY_READS.includes(code)
      ? "nobody reads the output any more"
      : `the output cannot be written, the system says ${code}`;
    controller.abort(new AppError({ code: "interrupted", message: `cannot go on: ${reason}` }));
  });
}

await main();
