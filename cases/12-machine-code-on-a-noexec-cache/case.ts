import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { start } from "../../src/testing/artifact-to-start.ts";
import { defineCase } from "../../src/testing/hard-case.ts";
import { needRoot } from "../../src/testing/needs.ts";
import { makeDirectory } from "../../src/testing/small-artifact.ts";

export default defineCase({
  sentence:
    "machine code on a cache from which nothing can be run is refused with the mount's name, before anything is written and before a distribution can fall back to something slower",
  origin: ["markupsafe: falls back to pure Python"],
  seenFailing: "with the test for noexec taken out, the load ended in a traceback of Python's",
  refusal: "cannot start …: it has native code, and its cache … is on …, which is mounted noexec",
  async shownBy(place, t) {
    if (!needRoot(t)) return;
    const artifact = await place.build();
    assert.equal((await start(artifact, ["load"])).stderr, "");
    const mount = await makeDirectory(t);
    execFileSync("mount", ["-t", "tmpfs", "-o", "size=9m,noexec", "tmpfs", mount]);
    const env = { HOLDALL_CACHE: join(mount, "cache") };
    try {
      const { status, stderr } = await start(artifact, ["load"], { env });
      assert.equal(status, 1);
      const [sentence] = stderr.split("\n");
      const reason = `it has native code, and its cache ${env.HOLDALL_CACHE} is on ${mount}, which is mounted noexec`;
      assert.equal(sentence, `cannot start natives 0: ${reason}`);
      assert.equal(existsSync(env.HOLDALL_CACHE), false);
    } finally {
      execFileSync("umount", [mount]);
    }
  },
});
