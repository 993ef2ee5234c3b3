import { isAbsolute, join } from "node:path";
import { AppError } from "../errors/app-error.ts";

/**
 * The user's cache, the same that artifacts use (docs/artifact.md, section 7); relative paths in these variables are
 * ignored, as the XDG base directory specification asks.
 * @throws AppError `cache_unusable` when no variable names a place.
 */
export function cacheDirectory(env: Readonly<NodeJS.ProcessEnv>): string {
  const absolute = (path: string | undefined) => (path && isAbsolute(path) ? path : undefined);
  const own = absolute(env["HOLDALL_CACHE"]);
  if (own) return own;
  const base = absolute(env["XDG_CACHE_HOME"]);
  if (base) return join(base, "holdall");
  const home = absolute(env["HOME"]);
  if (home) return join(home, ".cache", "holdall");
  throw new AppError({
    code: "usage_wrong",
    message:
      "cannot find a place for the cache: none of HOLDALL_CACHE, XDG_CACHE_HOME and HOME is an absolute path",
    hint: "Set HOLDALL_CACHE to a directory that you can write to.",
  });
}
