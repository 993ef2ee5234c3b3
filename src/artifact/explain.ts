import { AppError, type ErrorCode } from "../errors/app-error.ts";
import { errnoOf } from "../system/file-errors.ts";
import { BrokenRule, Damaged, NotArtifact, Unsupported } from "./broken-rule.ts";

/**
 * Makes what a parser or the file system found wrong an error for the user; any other error stays what it is.
 * @param subject - the start of the message: `cannot read app.holdall`.
 * @param broken - the code for a rule that is broken.
 */
export function explain(
  cause: unknown,
  subject: string,
  broken: "artifact_invalid" | "layer_invalid" = "artifact_invalid",
): unknown {
  const explained = (code: ErrorCode, reason: string, hint?: string) =>
    new AppError({ code, message: `${subject}: ${reason}`, hint, cause });
  if (cause instanceof Unsupported) {
    return explained("artifact_unsupported", cause.message, "Use a newer holdall.");
  }
  if (cause instanceof Damaged) {
    return explained(
      "artifact_damaged",
      cause.message,
      "Copy it again from where it was built, or build it again.",
    );
  }
  if (cause instanceof NotArtifact) return explained("artifact_unreadable", cause.message);
  if (cause instanceof BrokenRule) {
    return explained(broken, cause.message, "Build it again: no holdall writes such a file.");
  }
  const errno = errnoOf(cause);
  if (errno === "ENOENT") return explained("artifact_unreadable", "there is no such file or directory");
  if (errno !== undefined) return explained("artifact_unreadable", `the system says ${errno}`);
  return cause;
}
