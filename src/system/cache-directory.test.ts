import assert from "node:assert/strict";
import { test } from "node:test";
import { cacheDirectory } from "./cache-directory.ts";

const CASES: [env: Record<string, string>, directory: string][] = [
  [{ HOLDALL_CACHE: "/c", XDG_CACHE_HOME: "/x", HOME: "/h" }, "/c"],
  [{ XDG_CACHE_HOME: "/x", HOME: "/h" }, "/x/holdall"],
  [{ HOME: "/h" }, "/h/.cache/holdall"],
  [{ HOLDALL_CACHE: "", XDG_CACHE_HOME: "", HOME: "/h" }, "/h/.cache/holdall"],
];

for (const [env, directory] of CASES) {
  test(`takes ${directory} from ${JSON.stringify(env)}`, () => {
    assert.equal(cacheDirectory(env), directory);
  });
}

const REFUSED: [env: Record<string, string>, reason: string][] = [
  [{ HOME: "" }, "none of HOLDALL_CACHE, XDG_CACHE_HOME and HOME is set"],
  [{ HOLDALL_CACHE: "cache", HOME: "/h" }, "HOLDALL_CACHE is cache, not an absolute path"],
];

for (const [env, reason] of REFUSED) {
  test(`refuses ${JSON.stringify(env)}`, () => {
    const message = `cannot find a place for the cache: ${reason}`;
    assert.throws(() => cacheDirectory(env), { code: "usage_wrong", message });
  });
}
