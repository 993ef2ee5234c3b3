import type { AppFiles, Lock, PipSource } from "../description.ts";
import { parseRequirementFile } from "../requirement-file.ts";

/**
 * The file that fixes versions and hashes. Locks of other tools are for the dependencies that the application's files
 * tell, so they say nothing of a `pip` that somebody wrote.
 */
export function findLock(
  files: AppFiles,
  pip: readonly PipSource[],
  { isWritten }: { readonly isWritten: boolean },
): Lock | undefined {
  if (!isWritten || pip.some(({ kind }) => kind === "project")) {
    if (files.has("uv.lock")) return { kind: "uv", path: "uv.lock" };
    if (files.has("poetry.lock")) return { kind: "poetry", path: "poetry.lock" };
    const pylock = findPylock(files);
    if (pylock !== undefined) return { kind: "pylock", path: pylock };
  }
  const [first] = pip;
  if (pip.length === 1 && first?.kind === "file" && parseRequirementFile(first.path, files).isLock) {
    return { kind: "requirements", path: first.path };
  }
  return files.has("holdall.lock") ? { kind: "holdall", path: "holdall.lock" } : undefined;
}

/** PEP 751: `pylock.toml`, or one `pylock.NAME.toml`. */
function findPylock(files: AppFiles): string | undefined {
  if (files.has("pylock.toml")) return "pylock.toml";
  return files.list(".").find((name) => /^pylock\.[^.]+\.toml$/.test(name));
}
