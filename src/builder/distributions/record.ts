import { createHash } from "node:crypto";
import { compareBytes } from "../../artifact/byte-order.ts";

/** A line of a RECORD file (PyPA "Recording installed projects"). */
export interface RecordLine {
  /** Relative to site-packages. */
  readonly path: string;
  /** Absent for what an installer changes: RECORD itself, scripts whose first line names the interpreter. */
  readonly content?: { readonly sha256: string; readonly size: number };
}

/** Sorted, so that one set of files has one text. */
export function renderRecord(lines: readonly RecordLine[]): string {
  return [...lines]
    .sort((a, b) => compareBytes(a.path, b.path))
    .map(({ path, content }) => {
      const fields = content === undefined ? ["", ""] : [`sha256=${content.sha256}`, String(content.size)];
      return `${[path, ...fields].map(quoteField).join(",")}\n`;
    })
    .join("");
}

/** As RECORD has it: URL-safe base64 without padding. */
export function recordDigest(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("base64url");
}

function quoteField(field: string): string {
  return /[",\r\n]/.test(field) ? `"${field.replaceAll('"', '""')}"` : field;
}
