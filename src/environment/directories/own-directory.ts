import { constants } from "node:fs";
import { access, chmod, lstat, mkdir } from "node:fs/promises";
import { join } from "node:path";
import { AppError } from "../../errors/app-error.ts";
import { errnoOf } from "../../system/file-errors.ts";

/** Name of the directory in the base. */
export const OWN_DIRECTORY = ".holdall";

const ELSEWHERE = "keep the environment elsewhere: `--environment DIR`";
const HINTS: Readonly<Record<string, string>> = {
  EACCES: `Change its mode or owner, or ${ELSEWHERE}.`,
  EROFS: `The file system is read-only: ${ELSEWHERE}.`,
  ENOSPC: "The disk is full: make room.",
  EDQUOT: "The quota is used up: make room.",
};

/** @throws AppError `environment_unusable`. */
export async function ensureOwnDirectory(base: string): Promise<void> {
  await ensureDirectory(base, { base });
  await ensurePrivateDirectory(join(base, OWN_DIRECTORY), { base });
}

/** @throws AppError `environment_unusable`. */
export async function ensureDirectory(path: string, { base }: { readonly base: string }): Promise<void> {
  await explain(base, `${path} cannot be made`, async () => {
    try {
      await mkdir(path);
    } catch (error) {
      if (errnoOf(error) === "ENOENT" && path === base) await mkdir(path, { recursive: true });
      else if (errnoOf(error) !== "EEXIST") throw error;
    }
  });
}

/**
 * One that only this user can read. A link would lead to what is somebody else's, and what one user leaves there is of no use to
 * another.
 * @throws AppError `environment_unusable`.
 */
export async function ensurePrivateDirectory(
  path: string,
  { base }: { readonly base: string },
): Promise<void> {
  await ensureDirectory(path, { base });
  const found = await lstat(path);
  const user = process.geteuid?.() ?? found.uid;
  if (!found.isDirectory()) throw unusable(base, `${path} is no directory`, "Remove it.");
  if (found.uid !== user) {
    const hint =
      user === 0
        ? `Root would leave files that its owner cannot use: run it as its owner, or ${ELSEWHERE}.`
        : `Remove it (\`sudo rm -r ${path}\`), or ${ELSEWHERE}.`;
    throw unusable(base, `${path} belongs to ${found.uid === 0 ? "root" : `the user ${found.uid}`}`, hint);
  }
  await explain(base, `nothing can be written to ${path}`, async () => {
    if ((found.mode & 0o777) !== 0o700) await chmod(path, 0o700);
    await access(path, constants.W_OK);
  });
}

async function explain(base: string, what: string, work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (cause) {
    const errno = errnoOf(cause);
    if (errno === undefined) throw cause;
    throw unusable(base, `${what}, the system says ${errno}`, HINTS[errno], cause);
  }
}

function unusable(base: string, reason: string, hint: string | undefined, cause?: unknown): AppError {
  return new AppError({
    code: "environment_unusable",
    message: `cannot use the environment in ${base}: ${reason}`,
    hint,
    details: { base },
    cause,
  });
}
