import { chmod, mkdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { undefinedIfMissing } from "../system/file-errors.ts";
import { writeFileAtomic } from "../system/write-file.ts";
import type { Runnable } from "./runnable.ts";

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

/** Name of the directory in the base. */
export const OWN_DIRECTORY = ".holdall";

/** Only their owner can read these. */
const PRIVATE = ["own", "run", "services", "settings"] as const;

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

/** Makes what is missing. What is there keeps its content. */
export async function ensureDirectories(directories: Directories): Promise<void> {
  for (const directory of Object.values(directories)) await mkdir(directory, { recursive: true });
  for (const name of PRIVATE) await chmod(directories[name], 0o700);
  const ignore = join(directories.own, ".gitignore");
  if ((await readFile(ignore).catch(undefinedIfMissing)) === undefined) await writeFileAtomic(ignore, "*\n");
}
