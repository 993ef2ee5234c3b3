import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { undefinedIfMissing } from "../system/file-errors.ts";

/** Compares a whole output with a recorded file; `UPDATE_GOLDEN=1` records it, and the diff is read like code. */
export function assertGolden(path: string, text: string): void {
  if (process.env["UPDATE_GOLDEN"]) writeFileSync(path, text);
  assert.equal(text, readIfThere(path), `${path} differs: UPDATE_GOLDEN=1 records the new text`);
}

function readIfThere(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    return undefinedIfMissing(error as NodeJS.ErrnoException); // fs throws nothing else
  }
}
