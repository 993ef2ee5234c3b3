import { closeSync, openSync, readSync, statSync } from "node:fs";
import { join } from "node:path";
import { PREFIX_START } from "../../artifact/prefix-identity.ts";
import { MANIFEST_NAME, PREFIX_NAME } from "../../artifact/zip.ts";
import { AppError } from "../../errors/app-error.ts";
import { errnoOf } from "../../system/file-errors.ts";

/** In a release: what it is, docs/cache.md. */
export const RECORD = ".record";

/** What a path can name. An artifact is sealed or open. */
export type ApplicationForm = "checkout" | "artifact" | "release";

/** By what is there; what is there for neither is for who opens it to say. */
export function findForm(path: string): ApplicationForm {
  const has = (name: string) => statSync(join(path, name), { throwIfNoEntry: false })?.isFile() === true;
  if (!statSync(path, { throwIfNoEntry: false })?.isDirectory()) return "artifact";
  if (has(RECORD)) return "release";
  return has(PREFIX_NAME) && has(MANIFEST_NAME) ? "artifact" : "checkout";
}

/**
 * The file for `sh`: the artifact, or the prefix of an open one. Its first bytes are looked at, no more.
 * @throws AppError `artifact_unreadable`.
 */
export function findArtifactScript(path: string): string {
  try {
    const script = statSync(path).isDirectory() ? join(path, PREFIX_NAME) : path;
    if (readStart(script) === PREFIX_START) return script;
  } catch (cause) {
    const reason =
      errnoOf(cause) === "ENOENT" ? "there is no such file" : `the system says ${errnoOf(cause)}`;
    const message = `cannot run ${path}: ${reason}`;
    throw new AppError({ code: "artifact_unreadable", message, details: { file: path }, cause });
  }
  throw new AppError({
    code: "artifact_unreadable",
    message: `cannot run ${path}: it is not an artifact`,
    hint: "Make one with `holdall build`.",
    details: { file: path },
  });
}

function readStart(file: string): string {
  const descriptor = openSync(file, "r");
  try {
    const bytes = Buffer.alloc(PREFIX_START.length);
    return bytes.toString("latin1", 0, readSync(descriptor, bytes, 0, bytes.length, 0));
  } finally {
    closeSync(descriptor);
  }
}
