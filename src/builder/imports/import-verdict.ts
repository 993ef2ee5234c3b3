import { mkdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import * as v from "valibot";
import { undefinedIfMissing } from "../../system/file-errors.ts";
import { writeFileAtomic } from "../../system/write-file.ts";
import type { FileContents } from "../application/application-layer.ts";
import type { BuildRun } from "../build-run.ts";
import { cacheKey } from "../layer-cache.ts";

// That imports work depends on all that is there (a module that is new may hide another, a directory may be listed), but
// on the contents of those files only that were opened: changing a view that nothing imports changes no verdict.

const VerdictSchema = v.object({ read: v.record(v.string(), v.string()) });

/**
 * @param ownFiles - of the application.
 * @param others - all else that the verdict depends on.
 */
export function verdictKey(ownFiles: FileContents, others: unknown): string {
  const paths = Object.entries(ownFiles).map(([path, content]) =>
    isLink(content) ? [path, content] : [path],
  );
  return cacheKey(["imports", paths.sort(), others]);
}

/** Whether the imports worked, and what they read then is as it was. */
export async function hasVerdict(run: BuildRun, key: string, ownFiles: FileContents): Promise<boolean> {
  const text = await readFile(placeOf(run, key), "utf8").catch(undefinedIfMissing);
  const read = text === undefined ? undefined : parseVerdict(text)?.read;
  return read !== undefined && Object.entries(read).every(([path, content]) => ownFiles[path] === content);
}

/** @param read - paths of the application's files that were opened. */
export async function rememberVerdict(
  run: BuildRun,
  key: string,
  ownFiles: FileContents,
  read: readonly string[],
): Promise<void> {
  await mkdir(join(run.cache, "verdicts"), { recursive: true });
  const contents = Object.fromEntries(read.map((path) => [path, ownFiles[path] ?? ""]));
  await writeFileAtomic(placeOf(run, key), JSON.stringify({ read: contents }), { isSynced: false });
}

function placeOf(run: BuildRun, key: string): string {
  return join(run.cache, "verdicts", `${key}.json`);
}

function isLink(content: string): boolean {
  return content.startsWith("link ");
}

function parseVerdict(text: string): v.InferOutput<typeof VerdictSchema> | undefined {
  try {
    return v.parse(VerdictSchema, JSON.parse(text));
  } catch {
    return undefined; // cut short
  }
}
