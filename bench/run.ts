import { spawnSync } from "node:child_process";

export interface RunOptions {
  readonly cwd: string;
  readonly env: NodeJS.ProcessEnv;
}

/** Runs a program to its end and gives its output; a failure ends the bench, because its numbers would mean nothing. */
export function run(argv: readonly [string, ...string[]], { cwd, env }: RunOptions): string {
  const [program, ...args] = argv;
  const stdio = ["ignore", "pipe", "pipe"] as const;
  const { status, stdout, stderr, error } = spawnSync(program, args, {
    cwd,
    env,
    stdio: [...stdio],
    encoding: "utf8",
    maxBuffer: 1 << 26,
  });
  if (error !== undefined) throw error;
  if (status !== 0) throw new Error(`${argv.join(" ")} ended with ${status}\n${stderr}${stdout}`);
  return stdout;
}
