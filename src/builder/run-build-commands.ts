import type { Description } from "../description/description.ts";
import { AppError } from "../errors/app-error.ts";
import { errnoOf } from "../system/file-errors.ts";
import { runProcess } from "../system/run-process.ts";
import { type BuildRun, reportStep } from "./build-run.ts";
import { redact } from "./uv/redact.ts";

const EXCERPT_LINES = 30;

/**
 * Runs the commands under `build`, in the application's directory, one after the other.
 *
 * @throws AppError `build_command_failed` with the end of what the command printed.
 */
export async function runBuildCommands(run: BuildRun, { build }: Description): Promise<void> {
  for (const argv of build) {
    const subject = argv.join(" ");
    await reportStep(run, "run-build-commands", { subject }, () => runBuildCommand(run, argv));
  }
}

async function runBuildCommand(run: BuildRun, argv: readonly string[]): Promise<void> {
  const lines: string[] = [];
  const result = await runProcess(argv, {
    cwd: run.directory,
    env: run.env,
    signal: run.signal,
    onLine: (raw) => {
      const line = redact(raw, run.env);
      lines.push(line);
      if (lines.length > EXCERPT_LINES) lines.shift();
      run.onEvent({ kind: "step-output", step: "run-build-commands", line });
    },
  }).catch((error: unknown) => {
    const errno = errnoOf(error);
    if (errno === undefined) throw error;
    throw failed(argv, errno === "ENOENT" ? "there is no such program" : `the system says ${errno}`);
  });
  if (result.status === 0) return;
  const end = result.status === undefined ? `was ended by ${result.signal}` : `ended with ${result.status}`;
  throw failed(argv, `it ${end}`, lines.join("\n"));
}

function failed(argv: readonly string[], reason: string, excerpt?: string): AppError {
  return new AppError({
    code: "build_command_failed",
    message: `cannot run the build command ${argv.join(" ")}: ${reason}`,
    hint: "Correct the command, or take it out of `build`.",
    excerpt,
    details: { argv },
  });
}
