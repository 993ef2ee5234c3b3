import { closeSync, openSync, readSync, statSync } from "node:fs";
import { join } from "node:path";
import { AppError } from "../errors/app-error.ts";
import { errnoOf } from "../system/file-errors.ts";

// docs/artifact.md, section 3: every artifact starts so.
const START = "#!/bin/sh\nholdall_id='";

/** In a release: what it is, docs/cache.md. */
export const RECORD = ".record";

// Of an open artifact, docs/artifact.md; not from the module that has them, as `run` loads little before it is replaced.
const PREFIX = "prefix";
const MANIFEST = "manifest.json";

/** What a path can name. An artifact is sealed or open. */
export type ApplicationForm = "checkout" | "artifact" | "release";

/** By what is there; what is there for neither is for who opens it to say. */
export function findForm(path: string): ApplicationForm {
  const has = (name: string) => statSync(join(path, name), { throwIfNoEntry: false })?.isFile() === true;
  if (!statSync(path, { throwIfNoEntry: false })?.isDirectory()) return "artifact";
  if (has(RECORD)) return "release";
  return has(PREFIX) && has(MANIFEST) ? "artifact" : "checkout";
}

/**
 * The file for `sh`: the artifact, or the prefix of an open one. Its first bytes are looked at, no more.
 * @throws AppError `artifact_unreadable`.
 */
export function findArtifactScript(path: string): string {
  try {
    const script = statSync(path).isDirectory() ? join(path, PREFIX) : path;
    if (readStart(script) === START) return script;
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
    const bytes = Buffer.alloc(START.length);
    return bytes.toString("latin1", 0, readSync(descriptor, bytes, 0, bytes.length, 0));
  } finally {
    closeSync(descriptor);
  }
}
