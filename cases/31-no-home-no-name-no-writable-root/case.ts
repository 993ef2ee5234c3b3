import assert from "node:assert/strict";
import { chownSync, mkdirSync, readdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { start } from "../../src/testing/artifact-to-start.ts";
import { makeArtifactForAnyUser } from "../../src/testing/for-any-user.ts";
import { defineCase } from "../../src/testing/hard-case.ts";
import { needRoot } from "../../src/testing/needs.ts";

/** No entry in passwd, as OpenShift does it. */
const UID = 1_000_730_000;
const AS_NOBODY = ["setpriv", `--reuid=${UID}`, `--regid=${UID}`, "--clear-groups"];
/** Every file system of a mount namespace read-only, but for the cache. */
const READ_ONLY = `
  mount --bind "$HOLDALL_CACHE" "$HOLDALL_CACHE"
  while read -r _ _ _ _ place _; do
    [ "$place" = "$HOLDALL_CACHE" ] || mount -o remount,bind,ro "$place" 2>/dev/null
  done </proc/self/mountinfo
  exec "$@"`;
const SHOW = `import json, os, tempfile, cart
try:
    home = os.listdir(tempfile.gettempdir())
except OSError:
    home = "no temporary directory"
print(json.dumps([os.getuid(), home]))`;
const OWN = "Set HOLDALL_CACHE to a directory of your own.";

export default defineCase({
  sentence:
    "a user without a name, HOME and TMPDIR on a read-only root starts from a cache of its own; without one, the variable to set is named",
  origin: ["OpenShift's arbitrary user ids", "read-only containers"],
  seenFailing:
    "when first tried, HOME=/ gave the cache //.cache/holdall; with any error of open() taken as a cache that cannot be written, the reason was a read-only file system, and the hint was wrong",
  async shownBy(_, t) {
    if (!needRoot(t)) return;
    const artifact = await makeArtifactForAnyUser(t);
    const none = { HOLDALL_CACHE: "", XDG_CACHE_HOME: "", HOME: "", TMPDIR: "" };
    const refused: [home: string, reason: string, hint: string][] = [
      [
        "",
        "there is no place for its cache: HOME is not set",
        "Set HOME, or set HOLDALL_CACHE to a directory of your own.",
      ],
      ["/nonexistent", "its cache /nonexistent/.cache/holdall is not writable", OWN],
      ["/", "its cache /.cache/holdall is not writable", OWN],
      ["/root", "its cache /root/.cache/holdall is not writable", OWN],
    ];
    for (const [HOME, reason, hint] of refused) {
      const { status, stderr } = await start(artifact, ["cart"], { by: AS_NOBODY, env: { ...none, HOME } });
      assert.deepEqual([status, stderr], [1, `cannot start shop 1.0: ${reason}\nhint: ${hint}\n`]);
    }

    mkdirSync(artifact.cache);
    chownSync(artifact.cache, UID, UID);
    const options = {
      by: ["unshare", "--mount", "sh", "-c", READ_ONLY, "sh", ...AS_NOBODY],
      env: { ...none, HOLDALL_CACHE: artifact.cache },
    };
    for (const _ of ["first", "next", "third"]) {
      const { status, stdout, stderr } = await start(artifact, ["python", "-c", SHOW], options);
      assert.deepEqual([status, stderr], [0, ""]);
      assert.deepEqual(JSON.parse(stdout), [UID, "no temporary directory"]);
    }
    assert.equal(readdirSync(join(artifact.cache, "releases")).length, 1);
    assert.deepEqual(readdirSync(join(artifact.cache, "work")), []);
    assert.deepEqual(readdirSync(artifact.data), []);
    assert.ok(
      readdirSync(dirname(artifact.cache)).every((name) =>
        ["cache", "layers", "shop.holdall"].includes(name),
      ),
    );
  },
});
