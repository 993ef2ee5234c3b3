import assert from "node:assert/strict";
import { start } from "../../src/testing/artifact-to-start.ts";
import { defineCase } from "../../src/testing/hard-case.ts";
import { needRoot } from "../../src/testing/needs.ts";

/** Runs a command where a directory is mounted read-only, and nothing else is. */
const READ_ONLY = `mount --bind "$CACHE" "$CACHE" && mount -o remount,bind,ro "$CACHE" && exec "$@"`;

export default defineCase({
  sentence:
    "with a cache that cannot be written and PYTHONDONTWRITEBYTECODE=1, no module is compiled, not once; in development, a source that has changed is compiled",
  origin: ["zipapps and virtual environments without bytecode"],
  seenFailing: "with no bytecode in the artifact, three modules were compiled at each start",
  elsewhere: ["src/develop.test.ts: changes of files, settings and the description are followed"],
  async shownBy(place, t) {
    if (!needRoot(t)) return;
    const artifact = await place.build();
    const env = { PYTHONVERBOSE: "1", PYTHONDONTWRITEBYTECODE: "1", CACHE: artifact.cache };
    for (const by of [[], ["unshare", "--mount", "sh", "-c", READ_ONLY, "sh"]]) {
      const { status, stdout, stderr } = await start(artifact, ["show"], { env, by });
      assert.deepEqual([status, stdout], [0, "3\n"], stderr);
      const loaded = stderr.split("\n").filter((line) => line.includes(artifact.cache));
      const compiled = loaded.filter((line) => line.includes("# code object from") && !line.includes(".pyc"));
      assert.deepEqual(compiled, []);
      for (const module of ["cart/__init__", "cart/item", "app/show", "holdall_release"]) {
        const [directory, name] = [module.replace(/\/?[^/]+$/, ""), module.replace(/.*\//, "")];
        const file = new RegExp(`code object from '.*${directory}/__pycache__/${name}\\.[^.]+\\.pyc'`);
        assert.ok(
          loaded.some((line) => file.test(line)),
          `${module}: ${loaded.join("\n")}`,
        );
      }
    }
  },
});
