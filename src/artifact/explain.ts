import { AppError, type ErrorCode } from "../errors/app-error.ts";
import { errnoOf } from "../system/file-errors.ts";
import { BrokenRule, Damaged, NotArtifact, Unsupported } from "./broken-rule.ts";

/** The codes that depend on what was being done. */
export interface ExplainOptions {
  /** For a rule that is broken. */
  readonly broken?: "artifact_invalid" | "layer_invalid";
  /** For what the file system refuses. */
  readonly system?: "artifact_unreadable" | "file_unwritable";
}

const SYSTEM_REASONS: Readonly<Record<string, string>> = {
  ENOENT: "there is no such file or directory",
  ENOTDIR: "a part of its path is no directory",
  EACCES: "permission is denied",
  EPERM: "permission is denied",
  EROFS: "the file system is read-only",
  ENOSPC: "no space is left",
  EDQUOT: "no space is left of this user's quota",
};

/**
 * Makes what a parser or the file system found wrong an error for the user; any other error stays what it is.
 * @param subject - the start of the message: `cannot read app.holdall`.
 */
export function explain(
  cause: unknown,
  subject: string,
  { broken = "artifact_invalid", system = "artifact_unreadable" }: ExplainOptions = {},
): unknown {
  const explained = (code: ErrorCode, reason: string, hint?: string) =>
    new AppError({ code, message: `${subject}: ${reason}`, hint, cause });
  if (cause instanceof AppError) return cause;
  if (cause instanceof Unsupported)
    return explained("artifact_unsupported", cause.message, "Use a newer holdall.");
  if (cause instanceof Damaged) {
    return explained(
      "artifact_damaged",
      cause.message,
      "Copy it again from where it was built, or build it again.",
    );
  }
  if (cause instanceof NotArtifact) {
    return explained("artifact_unreadable", cause.message, "Name a file that `holdall build` wrote.");
  }
  if (cause instanceof BrokenRule) {
    const isReading = system === "artifact_unreadable";
    return explained(
      broken,
      cause.message,
      isReading ? "Don't use it: no holdall writes such a file." : undefined,
    );
  }
  const errno = errnoOf(cause) ?? "";
  if (!/^E[A-Z0-9]+$/.test(errno)) return cause; // Node's own ERR_… are defects
  return explained(system, SYSTEM_REASONS[errno] ?? `the system says ${errno}`);
}
