import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { statSync } from "node:fs";
import { join } from "node:path";
import { start } from "../../src/testing/artifact-to-start.ts";
import { TOOLS } from "../../src/testing/build-fixture.ts";
import { defineCase } from "../../src/testing/hard-case.ts";
import { needRoot } from "../../src/testing/needs.ts";
import { removeReadOnly } from "../../src/testing/small-artifact.ts";

export default defineCase({
  sentence:
    "numpy, psycopg2-binary and cffi load the libraries beside them, `$ORIGIN/../x.libs`, of the release, whether its files are links or copies",
  origin: ["auditwheel", "rules_python#3228"],
  seenFailing:
    "with symbolic links, the libraries of psycopg2 that are loaded are the store's; without EXDEV among what link(2) may say, there is no release by copies",
  async shownBy(place, t) {
    if (!needRoot(t)) return;
    // Kept between runs, as they are large.
    const artifact = await place.build({
      cacheDirectory: TOOLS,
      env: { ...process.env, UV_CACHE_DIR: join(TOOLS, "uv") },
    });
    await check("links");
    // What follows makes the release again: link(2) does not cross a mount, even one of the same file system.
    for (const part of ["releases", "ready"]) removeReadOnly(join(artifact.cache, part));
    const layers = join(artifact.cache, "layers");
    execFileSync("mount", ["--bind", layers, layers]);
    try {
      await check("copies");
    } finally {
      execFileSync("umount", [layers]);
    }

    async function check(kind: "links" | "copies"): Promise<void> {
      const { stdout, stderr } = await start(artifact, ["load"]);
      const { product, size, libpq, libraries } = JSON.parse(stdout || stderr);
      assert.deepEqual([product, size, libpq > 0], [5, 4, true]);
      const release = (await start(artifact, ["--holdall", "path"])).stdout.trim();
      for (const path of libraries) {
        assert.ok(path.startsWith(`${release}/lib/`), path);
        assert.equal(statSync(path).nlink > 1, kind === "links");
      }
      assert.ok(libraries.some((path: string) => path.includes("/numpy.libs/")));
      assert.ok(libraries.some((path: string) => path.includes("/psycopg2_binary.libs/")));
    }
  },
});
