import { join } from "node:path";
import { runProcess } from "../../system/run-process.ts";
import type { BuildRun } from "../build-run.ts";
import type { BuildStep } from "../events.ts";
import type { Interpreter } from "../python/interpreter.ts";
import { redact } from "./redact.ts";
import { translateUvFailure } from "./translate-uv-failure.ts";

export type UvMachine = Pick<Interpreter, "abi" | "processor" | "libc">;

export interface Uv<For extends UvMachine = Interpreter> {
  readonly path: string;
  /** What it was chosen for; of more than one target, the first. */
  readonly interpreter: For;
}

/** Variables that would change what a build asks of uv, rather than where uv looks for it. */
const REMOVED = [
  "VIRTUAL_ENV",
  "CONDA_PREFIX",
  "PYTHONHOME",
  "PYTHONPATH",
  "UV_COMPILE_BYTECODE",
  "UV_NO_CACHE",
  "UV_OUTPUT_FORMAT",
  "UV_PYTHON",
  "UV_SYSTEM_PYTHON",
  "UV_TARGET",
];
/** What builds of source distributions see of time and order: the same each time. */
const FIXED = {
  NO_COLOR: "1",
  PYTHONHASHSEED: "0",
  SOURCE_DATE_EPOCH: "315532800",
  UV_NO_PROGRESS: "1",
  UV_PYTHON_DOWNLOADS: "never",
};

export interface UvCall {
  readonly args: readonly string[];
  readonly input?: string;
  readonly step: BuildStep;
  /** For an error: what wheels are looked for; default: the Python that uv was found with. */
  readonly target?: string;
  /** Default: no; Pythons come from the machine. */
  readonly mayInstallPython?: boolean;
  /** For an error: `install the distributions`. */
  readonly goal: string;
  /** Where it runs; default: the application's directory, so that uv finds the configuration that is there. */
  readonly cwd?: string;
}

/**
 * Runs uv with the user's own configuration and returns what it printed.
 *
 * @throws AppError `hash_mismatch`, `index_unreachable`, `wheel_not_found`, `resolve_failed`.
 */
export async function runUv(
  run: BuildRun,
  uv: Uv<UvMachine>,
  { args, input, step, target, mayInstallPython = false, goal, cwd }: UvCall,
): Promise<string> {
  const result = await runProcess([uv.path, ...args], {
    cwd: cwd ?? run.directory,
    env: { ...uvEnvironment(run), ...(mayInstallPython && { UV_PYTHON_DOWNLOADS: "manual" }) },
    signal: run.signal,
    onLine: (line) => run.onEvent({ kind: "step-output", step, line: redact(line, run.env) }),
    ...(input === undefined ? {} : { input }),
  });
  if (result.status === 0) return result.stdout;
  const { abi, processor } = uv.interpreter;
  throw translateUvFailure({
    stderr: redact(result.stderr, run.env),
    goal,
    target: target ?? `${abi} on ${processor}`,
  });
}

function uvEnvironment(run: BuildRun): NodeJS.ProcessEnv {
  const kept = Object.entries(run.env).filter(([name]) => !REMOVED.includes(name));
  // Without its cache uv would fetch every file once for each distribution: it gets one for the time of this build.
  const cache = run.env["UV_NO_CACHE"] ? { UV_CACHE_DIR: join(run.work, "uv") } : {};
  return { ...Object.fromEntries(kept), ...cache, ...FIXED };
}
