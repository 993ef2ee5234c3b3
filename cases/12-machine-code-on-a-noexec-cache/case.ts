import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { start } from "../../src/testing/artifact-to-start.ts";
import type { BuiltCase } from "../../src/testing/case-place.ts";
import { defineCase } from "../../src/testing/hard-case.ts";
import { needProgram, needRoot } from "../../src/testing/needs.ts";
import { makeDirectory } from "../../src/testing/small-artifact.ts";

/** They look for themselves where a Python is inside. */
const SHELLS = [["dash"], ["bash", "--posix"], ["busybox", "ash"], ["ksh"], ["mksh"]] as const;

export default defineCase({
  sentence:
    "machine code on a cache from which nothing can be run is refused with the mount's name, before anything is written and before a distribution can fall back to something slower",
  origin: ["markupsafe: falls back to pure Python"],
  seenFailing:
    "with the test for noexec taken out, the load ended in a traceback of Python's; where a Python is inside, the sentence named the cache and no mount",
  refusal: "cannot start …: it has native code, and its cache … is on …, which is mounted noexec",
  async shownBy(place, t) {
    if (!needRoot(t)) return;
    const artifact = await place.build();
    assert.equal((await start(artifact, ["load"])).stderr, "");
    const inside = await place.build({ withPython: true });
    const mount = join(await makeDirectory(t), "a mount");
    mkdirSync(mount);
    execFileSync("mount", ["-t", "tmpfs", "-o", "size=9m,noexec", "tmpfs", mount]);
    const env = { HOLDALL_CACHE: join(mount, "cache") };
    try {
      const reason = `it has native code, and its cache ${env.HOLDALL_CACHE} is on ${mount}, which is mounted noexec`;
      const refuse = async (refused: BuiltCase, by: readonly string[] = []) => {
        const { status, stderr } = await start(refused, ["load"], { env, by });
        const [sentence] = stderr.split("\n");
        assert.deepEqual([status, sentence], [1, `cannot start natives 0: ${reason}`], by.join(" "));
      };
      await refuse(artifact);
      assert.equal(existsSync(env.HOLDALL_CACHE), false);
      for (const shell of SHELLS) {
        if (needProgram(t, shell[0])) await refuse(inside, shell);
      }
      for (const part of ["layers", "work"]) assert.deepEqual(readdirSync(join(env.HOLDALL_CACHE, part)), []);
    } finally {
      execFileSync("umount", [mount]);
    }
  },
});
