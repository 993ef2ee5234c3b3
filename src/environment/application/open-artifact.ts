import { join, resolve } from "node:path";
import { openArtifact } from "../../artifact/open-artifact.ts";
import { PREFIX_NAME } from "../../artifact/zip.ts";
import { AppError } from "../../errors/app-error.ts";
import { runProcess } from "../../system/run-process.ts";
import { openRelease } from "./open-release.ts";
import type { Runnable } from "./runnable.ts";

export interface ArtifactOptions {
  /** Where Pythons are looked for, and the cache is: of the caller. */
  readonly env: Readonly<NodeJS.ProcessEnv>;
  readonly signal?: AbortSignal | undefined;
}

/**
 * The release of an artifact, sealed or open; it is made when there is none, by the program inside: it alone composes releases.
 * @throws AppError `release_failed` with the reason that the program gives, and what openArtifact() throws.
 */
export async function openArtifactRelease(path: string, { env, signal }: ArtifactOptions): Promise<Runnable> {
  const { form } = await openArtifact(path);
  const script = resolve(form === "open" ? join(path, PREFIX_NAME) : path);
  const argv = ["/bin/sh", script, "--holdall", "path"];
  const { status, stdout, stderr } = await runProcess(argv, { env, signal });
  if (status === 0) return openRelease(stdout.trimEnd());
  const [, message, hint] = stderr.match(/^(cannot .*)\nhint: (.*)\n$/) ?? [];
  throw new AppError({
    code: "release_failed",
    message: message ?? `cannot open ${path}: the program inside failed`,
    hint,
    excerpt: message === undefined ? stderr : undefined,
    details: { file: path },
  });
}
