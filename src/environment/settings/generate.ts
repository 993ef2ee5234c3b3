import { randomBytes } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { PlannedSetting } from "../../artifact/plan.ts";
import { undefinedIfMissing } from "../../system/file-errors.ts";
import { writeFileAtomic } from "../../system/write-file.ts";

const SECRET_BYTES = 32;

/** Those that were generated before, by the setting's name. */
export async function readGenerated(
  settings: Readonly<Record<string, PlannedSetting>>,
  directory: string,
): Promise<Readonly<Record<string, string>>> {
  const found: Record<string, string> = {};
  for (const [name, { generate }] of Object.entries(settings)) {
    if (generate === undefined) continue;
    const text = await readFile(join(directory, name), "utf8").catch(undefinedIfMissing);
    if (text !== undefined && text !== "") found[name] = text;
  }
  return found;
}

/** Makes what is missing of `names`, 256 bits each in base64url, one file each that only its owner can read. */
export async function ensureGenerated(names: readonly string[], directory: string): Promise<void> {
  for (const name of names) {
    const text = randomBytes(SECRET_BYTES).toString("base64url");
    await writeFileAtomic(join(directory, name), text, { mode: 0o600 });
  }
}
