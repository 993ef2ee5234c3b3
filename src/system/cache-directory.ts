import { isAbsolute, join } from "node:path";
import { AppError } from "../errors/app-error.ts";

const PLACES = [
  ["HOLDALL_CACHE", ""],
  ["XDG_CACHE_HOME", "/holdall"],
  ["HOME", "/.cache/holdall"],
] as const;

/**
 * The user's cache, by the rules that artifacts follow too (docs/artifact.md, section 7).
 * @throws AppError `usage_wrong` when no variable names a place, or the one that does is not absolute.
 */
export function cacheDirectory(env: Readonly<NodeJS.ProcessEnv>): string {
  const wrong = (reason: string) =>
    new AppError({
      code: "usage_wrong",
      message: `cannot find a place for the cache: ${reason}`,
      hint: "Set HOLDALL_CACHE to the absolute path of a directory of your own.",
    });

  const place = PLACES.find(([variable]) => env[variable]);
  if (place === undefined) throw wrong("none of HOLDALL_CACHE, XDG_CACHE_HOME and HOME is set");
  const [variable, below] = place;
  const path = `${env[variable]}${below}`;
  if (!isAbsolute(path)) throw wrong(`${variable} is ${env[variable]}, not an absolute path`);
  return path;
}

/** What builds keep in the user's cache: docs/building.md, "The cache". @throws the same. */
export function buildCacheDirectory(env: Readonly<NodeJS.ProcessEnv>): string {
  return join(cacheDirectory(env), "build");
}
