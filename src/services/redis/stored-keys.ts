import { createReadStream } from "node:fs";
import { join } from "node:path";
import { errnoOf } from "../../system/file-errors.ts";
import { refuseBackup } from "../backup.ts";

export const FILE = "keys.jsonl";

/** Of what DUMP gives for one key: more is no string of JavaScript in base64. Redis itself takes twice as much back. */
export const MAX_VALUE_BYTES = 256 * 1024 ** 2;

/** Twice the above, for base64 and the key. */
const MAX_LINE = 2 * MAX_VALUE_BYTES - 64 * 1024;

/** A line of the file. The last line has their number alone. */
export interface StoredKey {
  readonly database: number;
  /** Base64, both: keys are bytes. The value is what DUMP gives, with a checksum of its own. */
  readonly key: string;
  readonly value: string;
  /** Unix time in ms; 0: never. */
  readonly expiresAtMs: number;
}

/** The keys of a backup, one at a time. @throws AppError `backup_invalid` at the first thing that is wrong. */
export async function* readKeys(directory: string): AsyncGenerator<StoredKey> {
  let [count, expected]: [number, unknown] = [0, undefined];
  for await (const line of readLines(directory)) {
    const parsed = parseLine(line);
    if (parsed === undefined || expected !== undefined)
      throw refuseBackup(directory, `line ${count + 1} is damaged`);
    if (typeof parsed === "number") expected = parsed;
    else {
      count++;
      yield parsed;
    }
  }
  if (count !== expected) throw refuseBackup(directory, "it ends early");
}

async function* readLines(directory: string): AsyncGenerator<string> {
  let [pieces, length]: [string[], number] = [[], 0];
  try {
    for await (const chunk of createReadStream(join(directory, FILE), { encoding: "latin1" })) {
      const [end = "", ...lines] = String(chunk).split("\n");
      pieces.push(end); // of a line that may have many
      length += end.length;
      if (length > MAX_LINE) throw refuseBackup(directory, "one of its lines is too long");
      for (const start of lines) {
        yield pieces.join("");
        [pieces, length] = [[start], start.length];
      }
    }
  } catch (error) {
    if (errnoOf(error) === undefined) throw error;
    throw refuseBackup(directory, error instanceof Error ? error.message : String(error), error);
  }
  if (length > 0) yield pieces.join("");
}

function parseLine(line: string): StoredKey | number | undefined {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return undefined; // not JSON
  }
  if (typeof value === "number") return value;
  if (typeof value !== "object" || value === null) return undefined;
  const { database, key, value: bytes, expiresAtMs }: Partial<Record<string, unknown>> = { ...value };
  if (typeof key !== "string" || typeof bytes !== "string") return undefined;
  if (!Number.isSafeInteger(database) || !Number.isSafeInteger(expiresAtMs)) return undefined;
  return { database: Number(database), key, value: bytes, expiresAtMs: Number(expiresAtMs) };
}
