import { existsSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { writeFileAtomic } from "../system/write-file.ts";
import type { BuildRun } from "./build-run.ts";

/** Whether a look at the same things, which `key` names, had nothing to say. What it had to say is said at each build. */
export function hasNothingToSay(run: BuildRun, key: string): boolean {
  return existsSync(placeOf(run, key));
}

export async function rememberNothingToSay(run: BuildRun, key: string): Promise<void> {
  await mkdir(join(run.cache, "verdicts"), { recursive: true });
  await writeFileAtomic(placeOf(run, key), "{}", { isSynced: false });
}

function placeOf(run: BuildRun, key: string): string {
  return join(run.cache, "verdicts", `${key}.json`);
}
