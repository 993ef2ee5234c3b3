import { AppError } from "../errors/app-error.ts";
import { runCommandLine } from "./run-command-line.ts";

const SIGNALS = { SIGHUP: 1, SIGINT: 2, SIGTERM: 15 } as const;

/** The process itself: signals, streams and exit status around one command line. */
async function main(): Promise<void> {
  const controller = new AbortController();
  for (const [name, number] of Object.entries(SIGNALS)) {
    process.on(name, () => {
      // The second one does not wait for what cleans up after the first.
      if (controller.signal.aborted) process.exit(128 + number);
      controller.abort(
        new AppError({ code: "interrupted", message: `cannot finish: interrupted by ${name}` }),
      );
    });
  }
  // Not process.exit(): output to a pipe may still be on its way.
  process.exitCode = await runCommandLine(process.argv.slice(2), {
    env: process.env,
    stdout: openStdout,
    stderr: () => process.stderr,
    signal: controller.signal,
  });
}

function openStdout(): NodeJS.WriteStream {
  if (process.stdout.listenerCount("error") > 0) return process.stdout;
  // `holdall inspect app.holdall | head` ends when head has seen enough, without a word.
  return process.stdout.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code !== "EPIPE") throw error;
    process.exit();
  });
}

await main();
