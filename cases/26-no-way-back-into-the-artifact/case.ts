import assert from "node:assert/strict";
import { symlinkSync } from "node:fs";
import { join } from "node:path";
import {
  type ArtifactToStart,
  makeArtifactToStart,
  PYTHON,
  type StartOptions,
  start,
} from "../../src/testing/artifact-to-start.ts";
import { defineCase } from "../../src/testing/hard-case.ts";
import { makeDirectory, removeReadOnly } from "../../src/testing/small-artifact.ts";

export default defineCase({
  sentence:
    "an application can start another artifact, itself and any Python: no variable leads them back, and the other one does not get its Python from this one's release",
  origin: ["patroni#1440", "scie-jump 0.7.1"],
  seenFailing:
    "as the prefix searched all of PATH, the other artifact found the Python inside of this one and was composed with it: its standard library was this release's",
  async shownBy(place, t) {
    const other = await makeArtifactToStart(t);
    for (const withPython of [false, true]) {
      const artifact = await place.build({ withPython });
      const own = await call(artifact, [artifact.path, "facts"]);
      const added = Object.keys(own.env).filter(
        (name) => !(name in artifact.env) && !NOT_OURS.includes(name),
      );
      assert.deepEqual(added, withPython ? ["SSL_CERT_FILE"] : []);
      const bin = own.env["PATH"]?.split(":") ?? [];
      assert.ok(own.base.startsWith(artifact.cache) === withPython);

      // The same cache, and a host on which this release's Python is the first of that name.
      const host = await makeDirectory(t);
      symlinkSync(PYTHON.path, join(host, "python3"));
      const env = { PATH: `${host}:/usr/bin:/bin`, HOLDALL_CACHE: artifact.cache };
      for (const _ of ["cold", "warm"]) {
        const facts = await call(artifact, [other.path, "shop", "facts"], { env });
        assert.equal(facts.executable.startsWith(`${artifact.cache}/releases/${other.identity}`), true);
        const version = ["python", "-c", "import sys; print(sys.base_prefix)"];
        const base = (await start(artifact, ["call", other.path, ...version], { env })).stdout.trim();
        assert.ok(!base.startsWith(artifact.cache), base);
      }
      assert.ok(bin[0]?.startsWith(artifact.cache));
      const named = await start(artifact, ["call", "python3", other.path, "shop", "exit", "4"], { env });
      if (withPython) {
        assert.match(
          named.stderr,
          /^cannot start shop 1\.0: \S+\/python\/bin\/python3\.\d+ is the Python inside of another artifact\nhint: /,
        );
      } else assert.equal(named.status, 4, named.stderr);
      removeReadOnly(artifact.cache);
    }
  },
});

/** Of shells, and what Python sets in the C locale (PEP 538). */
const NOT_OURS = ["PWD", "OLDPWD", "_", "SHLVL", "LC_CTYPE"];

async function call(artifact: ArtifactToStart, words: readonly string[], options?: StartOptions) {
  const { stdout, stderr } = await start(artifact, ["call", ...words], options);
  return JSON.parse(stdout || stderr) as { env: Record<string, string>; base: string; executable: string };
}
