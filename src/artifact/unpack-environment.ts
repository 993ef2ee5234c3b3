import { join, resolve } from "node:path";
import { AppError } from "../errors/app-error.ts";
import { runProcess } from "../system/run-process.ts";
import type { Artifact } from "./artifact.ts";
import { PREFIX_NAME } from "./zip.ts";

export interface EnvironmentOptions {
  /** One of the two parts that are the whole when laid over one another; undefined for all. */
  readonly part: "dependencies" | "application" | undefined;
  /** Where Pythons are looked for. */
  readonly env: Readonly<NodeJS.ProcessEnv>;
  readonly signal: AbortSignal;
}

/**
 * Makes a virtual environment of an artifact at a new path, by the program inside: it alone composes releases. After a
 * failure nothing is left.
 * @throws AppError `release_failed` with the reason that the program gives.
 */
export async function unpackEnvironment(
  artifact: Artifact,
  directory: string,
  { part, env, signal }: EnvironmentOptions,
): Promise<void> {
  const script = artifact.form === "open" ? join(artifact.path, PREFIX_NAME) : artifact.path;
  const words = ["unpack", "--venv", resolve(directory), ...(part === undefined ? [] : ["--only", part])];
  const argv = ["/bin/sh", resolve(script), "--holdall", ...words];
  const { status, stderr } = await runProcess(argv, { env, signal });
  if (status === 0) return;
  const [, message, hint] = stderr.match(/^(cannot .*)\nhint: (.*)\n$/) ?? [];
  throw new AppError({
    code: "release_failed",
    message: message ?? `cannot make ${directory}: the program inside ${artifact.path} failed`,
    hint,
    excerpt: message === undefined ? stderr : undefined,
  });
}
