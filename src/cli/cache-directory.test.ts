import assert from "node:assert/strict";
import { test } from "node:test";
import { cacheDirectory } from "./cache-directory.ts";

const CASES: [env: Record<string, string>, directory: string][] = [
  [{ HOLDALL_CACHE: "/c", XDG_CACHE_HOME: "/x", HOME: "/h" }, "/c"],
  [{ XDG_CACHE_HOME: "/x", HOME: "/h" }, "/x/holdall"],
  [{ HOME: "/h" }, "/h/.cache/holdall"],
  [{ HOLDALL_CACHE: "", XDG_CACHE_HOME: "relative", HOME: "/h" }, "/h/.cache/holdall"],
];

for (const [env, directory] of CASES) {
  test(`takes ${directory} from ${JSON.stringify(env)}`, () => {
    assert.equal(cacheDirectory(env), directory);
  });
}

test("says which variable to set when none names a place", () => {
  assert.throws(() => cacheDirectory({ HOME: "" }), {
    code: "usage_wrong",
    hint: "Set HOLDALL_CACHE to a directory that you can write to.",
  });
});
