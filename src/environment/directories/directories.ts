import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { undefinedIfMissing } from "../../system/file-errors.ts";
import { writeFileAtomic } from "../../system/write-file.ts";
import type { Runnable } from "../application/runnable.ts";
import { ensureDirectory, ensurePrivateDirectory, OWN_DIRECTORY } from "./own-directory.ts";

/** docs/environment.md, "Directories"; all absolute. */
export interface Directories {
  readonly base: string;
  /** `.holdall` in the base. */
  readonly own: string;
  /** The working directory of everything that runs, unless the plan says otherwise. */
  readonly data: string;
  readonly cache: string;
  readonly logs: string;
  readonly run: string;
  readonly tmp: string;
  readonly services: string;
  readonly settings: string;
}

/** Only their owner can read these. */
const PRIVATE: readonly string[] = ["own", "run", "services", "settings"] satisfies (keyof Directories)[];

export function planDirectories(base: string, kind: Runnable["kind"]): Directories {
  const own = join(base, OWN_DIRECTORY);
  const below = (name: string) => join(own, name);
  return {
    ...{ base, own, data: kind === "checkout" ? below("data") : base },
    ...{ cache: below("cache"), logs: below("logs"), run: below("run"), tmp: below("tmp") },
    ...{ services: below("services"), settings: below("settings") },
  };
}

/** Where everything starts. */
export function workingDirectoryOf({ data }: Pick<Directories, "data">, runnable: Runnable): string {
  return runnable.plan.workingDirectory === "app" ? runnable.app : data;
}

/** Makes what is missing. What is there keeps its content. @throws AppError `environment_unusable`. */
export async function ensureDirectories(directories: Directories): Promise<void> {
  const { base } = directories;
  for (const [name, path] of Object.entries(directories)) {
    await (PRIVATE.includes(name) ? ensurePrivateDirectory : ensureDirectory)(path, { base });
  }
  const ignore = join(directories.own, ".gitignore");
  if ((await readFile(ignore).catch(undefinedIfMissing)) === undefined) await writeFileAtomic(ignore, "*\n");
}
