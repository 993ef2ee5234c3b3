import { createHash } from "node:crypto";
import { mkdir, readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { SettingValue } from "../../artifact/plan.ts";
import { AppError } from "../../errors/app-error.ts";
import { undefinedIfMissing } from "../../system/file-errors.ts";
import { writeFileAtomic } from "../../system/write-file.ts";
import type { Directories } from "../directories/directories.ts";
import type { Variables } from "../inject.ts";
import { renderSettingFile } from "./render-file.ts";
import type { ResolvedSetting } from "./resolve-settings.ts";
import { renderSettingText } from "./value.ts";

/** In the directory of settings: digests of the files that holdall has written, by their path. */
const WRITTEN = "written.json";

/**
 * Brings each value to where the application reads it: docs/environment.md.
 * @returns the variables of those that go into variables.
 * @throws AppError `setting_file_refused` when a file is there that holdall did not write, or has been changed since.
 */
export async function deliverSettings(
  resolved: readonly ResolvedSetting[],
  directories: Pick<Directories, "data" | "run" | "settings">,
): Promise<Variables> {
  const variables: Record<string, string> = {};
  const files = new Map<string, Record<string, SettingValue>>();
  for (const { planned, value } of resolved) {
    if (value === undefined) continue;
    const { env, file } = planned;
    const [path = "", key] = file?.split("#") ?? [];
    if (file === undefined && env !== undefined) variables[env] = renderSettingText(value);
    else if (key !== undefined) files.set(path, { ...files.get(path), [key]: value });
    else if (env !== undefined)
      variables[env] = await writeAlone(join(directories.run, "settings", path), value);
  }
  if (files.size > 0) await writeFiles(files, directories);
  return variables;
}

async function writeFiles(
  files: ReadonlyMap<string, Readonly<Record<string, SettingValue>>>,
  { data, settings }: Pick<Directories, "data" | "settings">,
): Promise<void> {
  const texts = new Map<string, string>();
  for (const [path, values] of files) texts.set(path, await renderSettingFile(path, values));
  const known = await readWritten(settings);
  for (const path of texts.keys()) await checkOwn(join(data, path), known[path] ?? []);
  // Before the files: after a crash in between, both texts are ours.
  const next = [...texts].map(([path, text]) => [path, [...(known[path] ?? []).slice(-1), digest(text)]]);
  await writeFileAtomic(join(settings, WRITTEN), JSON.stringify({ ...known, ...Object.fromEntries(next) }));
  for (const [path, text] of texts) {
    await mkdir(dirname(join(data, path)), { recursive: true });
    await writeFileAtomic(join(data, path), text, { mode: 0o600 });
  }
}

async function writeAlone(path: string, value: SettingValue): Promise<string> {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  await writeFileAtomic(path, renderSettingText(value), { mode: 0o600 });
  return path;
}

async function checkOwn(path: string, known: readonly string[]): Promise<void> {
  const there = await readFile(path, "utf8").catch(undefinedIfMissing);
  if (there === undefined || known.includes(digest(there))) return;
  const reason = known.length === 0 ? "it is there, and not from holdall" : "it has been changed by hand";
  throw new AppError({
    code: "setting_file_refused",
    message: `cannot write the settings into ${path}: ${reason}`,
    hint: "Move it away; what it has belongs into the settings (`holdall settings`).",
    details: { file: path },
  });
}

async function readWritten(directory: string): Promise<Readonly<Record<string, readonly string[]>>> {
  const text = await readFile(join(directory, WRITTEN), "utf8").catch(undefinedIfMissing);
  if (text === undefined) return {};
  return JSON.parse(text) as Record<string, string[]>; // our own file, in a directory that others cannot read
}

function digest(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}
