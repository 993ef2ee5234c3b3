import assert from "node:assert/strict";
import { symlink } from "node:fs/promises";
import { join } from "node:path";
import { start } from "../../src/testing/artifact-to-start.ts";
import { defineCase } from "../../src/testing/hard-case.ts";
import { makeDirectory } from "../../src/testing/small-artifact.ts";

export default defineCase({
  sentence:
    "`Path(__file__).resolve().parent.parent` of an application and of a distribution is inside the release, also through a symbolic link to the cache",
  origin: ["django-admin startproject"],
  seenFailing: "with symbolic links instead of hard links, the base is layers/DIGEST/app in the store",
  async shownBy(place, t) {
    const artifact = await place.build();
    const release = (await start(artifact, ["--holdall", "path"])).stdout.trim();
    const link = join(await makeDirectory(t), "link");
    await symlink(artifact.cache, link);
    for (const env of [{}, { HOLDALL_CACHE: link }]) {
      for (const _ of ["cold", "warm"]) {
        const { stdout, stderr } = await start(artifact, ["tell"], { env });
        const { base, template, cart } = JSON.parse(stdout || stderr);
        assert.equal(template, "<title>The shop</title>\n");
        // A start by another path has another release, in the same cache.
        const own = "HOLDALL_CACHE" in env ? base.slice(0, -"/app".length) : release;
        assert.equal(base, `${own}/app`);
        assert.match(own, new RegExp(`^${artifact.cache}/releases/[^/]+$`));
        assert.match(cart, new RegExp(`^${own}/lib/python[^/]+/site-packages$`));
      }
    }
  },
});
