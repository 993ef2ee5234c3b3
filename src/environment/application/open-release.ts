import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Digest } from "../../artifact/manifest.ts";
import { sha256 } from "../../artifact/measure.ts";
import { parsePlan } from "../../artifact/parse-plan.ts";
import { AppError } from "../../errors/app-error.ts";
import { errnoOf } from "../../system/file-errors.ts";
import { RECORD } from "./application-form.ts";
import type { Runnable } from "./runnable.ts";

const FORMAT = 1;
const MAX_BYTES = 64 * 1024 * 1024;

/**
 * A release that an artifact has made. It is trusted as far as its owner is: nothing of it is compared with digests here.
 * @param directory - absolute.
 * @throws AppError `release_failed` when it has no record, or one that is damaged.
 */
export async function openRelease(directory: string): Promise<Runnable> {
  const record = parseRecord(directory, await readRecord(directory));
  return { kind: "release", ...record, app: join(directory, "app"), prefix: directory };
}

async function readRecord(directory: string): Promise<string> {
  try {
    return await readFile(join(directory, RECORD), "utf8");
  } catch (cause) {
    const errno = errnoOf(cause);
    throw refuse(directory, errno === "ENOENT" ? "it is no release" : `the system says ${errno}`, cause);
  }
}

function parseRecord(
  directory: string,
  text: string,
): Pick<Runnable, "name" | "version" | "identity" | "plan"> {
  // The last line is `# ` and the digest of those before.
  const end = text.lastIndexOf("# ");
  if (text.length > MAX_BYTES || text.slice(end + 2).trim() !== sha256(Buffer.from(text.slice(0, end)))) {
    throw refuse(directory, "its record is damaged");
  }
  try {
    const { format, name, version, identity, plan } = JSON.parse(text.slice(0, end)) as Record<
      string,
      unknown
    >;
    if (format !== FORMAT)
      throw refuse(directory, `its record has format ${format}, and this holdall knows ${FORMAT}`);
    // Its digest is right, so a start wrote it; the plan was checked then, too.
    return {
      name: String(name),
      version: String(version),
      identity: identity as Digest,
      plan: parsePlan(plan, "plan"),
    };
  } catch (cause) {
    if (cause instanceof AppError) throw cause;
    throw refuse(directory, "its record is damaged", cause);
  }
}

function refuse(directory: string, reason: string, cause?: unknown): AppError {
  return new AppError({
    code: "release_failed",
    message: `cannot open the release ${directory}: ${reason}`,
    hint: "Start its artifact once: that makes it anew.",
    details: { directory },
    cause,
  });
}
