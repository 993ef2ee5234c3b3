import { randomBytes } from "node:crypto";
import { mkdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { AppError } from "../errors/app-error.ts";
import { errnoOf, undefinedIfMissing } from "../system/file-errors.ts";
import { syncDirectory, syncTree } from "../system/write-file.ts";

/** In each backup; it is written last, so a backup without it is not whole. */
const MARK = "backup.json";

const FORMAT = 1;

/**
 * Gives `write` a private directory and renames it when all is there: a backup is whole, or there is none.
 * @throws AppError `file_exists` when something is at `directory` already.
 */
export async function writeBackup(
  directory: string,
  kind: string,
  write: (staged: string) => Promise<void>,
): Promise<void> {
  const staged = `${directory}.${randomBytes(6).toString("hex")}`;
  await mkdir(staged, { mode: 0o700, recursive: true });
  try {
    await write(staged);
    await writeFile(join(staged, MARK), `${JSON.stringify({ format: FORMAT, service: kind })}\n`, {
      flag: "wx",
    });
    await syncTree(staged);
    await rename(staged, directory); // an empty directory is replaced
    await syncDirectory(dirname(directory));
  } catch (error) {
    await rm(staged, { recursive: true, force: true });
    if (!["EEXIST", "ENOTEMPTY", "ENOTDIR"].includes(errnoOf(error) ?? "")) throw error;
    throw new AppError({
      code: "file_exists",
      message: `cannot write the backup ${directory}: something is there already`,
      hint: "Name a directory that is not there yet.",
      details: { path: directory },
    });
  }
}

/** @throws AppError `backup_invalid` unless a service of this kind has written a whole backup there. */
export async function checkBackup(directory: string, kind: string): Promise<void> {
  const text = await readFile(join(directory, MARK), "utf8").catch(undefinedIfMissing);
  if (text === undefined) throw refuseBackup(directory, `it has no ${MARK}`);
  const mark = parseMark(text);
  if (mark?.["format"] !== FORMAT) throw refuseBackup(directory, `its ${MARK} is of another format`);
  if (mark["service"] !== kind)
    throw refuseBackup(directory, `it is of ${String(mark["service"])}, not ${kind}`);
}

export function refuseBackup(directory: string, reason: string, cause?: unknown): AppError {
  return new AppError({
    code: "backup_invalid",
    message: `cannot restore the backup ${directory}: ${reason}`,
    hint: "Use a directory that a backup of this service has written.",
    details: { path: directory },
    cause,
  });
}

function parseMark(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null ? { ...value } : undefined;
  } catch {
    return undefined; // not JSON
  }
}
