import assert from "node:assert/strict";
import { mkdirSync, readdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { makeArtifactToStart, PYTHON, start, startFacts } from "../../src/testing/artifact-to-start.ts";
import { defineCase } from "../../src/testing/hard-case.ts";
import { needRoot } from "../../src/testing/needs.ts";
import { copyPython, WITHOUT_PYTHONS } from "../../src/testing/other-python.ts";
import { makeDirectory } from "../../src/testing/small-artifact.ts";

/** What the prefix is told by a Python of another minor version that has come to the place of the first. */
const NEWER = `#!/bin/sh
case $1 in
  -V) echo Python 3.99.0 ;;
  -I) echo cp399 ${PYTHON.processor} 3.99.0 1 1 0 "$0" ;;
  *) echo half a start; exit 9 ;;
esac
`;

export default defineCase({
  sentence:
    "after an upgrade of the host's Python the next start makes a release for the new one or refuses, and never runs the old one by halves",
  origin: ["pex#3114", "dh-virtualenv#24"],
  seenFailing:
    "when first tried, and with the version not asked for again, the release of 3.11 was run by the Python 3.99 that had come to the place of the first: `half a start`",
  async shownBy(_, t) {
    if (!needRoot(t)) return;
    const artifact = await makeArtifactToStart(t);
    const root = await makeDirectory(t);
    const name = `python${PYTHON.version}`;
    const [older, newer] = ["older", "newer"].map((version) => copyPython(join(root, version), name));
    const link = join(root, "bin", name);
    mkdirSync(dirname(link));
    const env = { PATH: `${dirname(link)}:${process.env["PATH"]}` };

    // A new patch version, behind a link that package managers and pyenv change.
    symlinkSync(String(older), link);
    const first = await startFacts(artifact, { env });
    rmSync(link);
    symlinkSync(String(newer), link);
    rmSync(String(older));
    const second = await startFacts(artifact, { env });
    assert.notEqual(second.prefix, first.prefix);
    assert.equal(readdirSync(join(artifact.cache, "releases")).length, 2);

    // A new minor version under a name that has none.
    rmSync(link);
    const plain = copyPython(join(root, "plain"), "python3");
    const own = { PATH: `${dirname(plain)}:/usr/bin:/bin`, HOLDALL_CACHE: join(root, "cache") };
    const options = { env: own, by: WITHOUT_PYTHONS };
    const third = await startFacts(artifact, options);
    assert.ok(third.prefix.startsWith(own.HOLDALL_CACHE));
    writeFileSync(plain, NEWER, { mode: 0o755 });
    const { status, stdout, stderr } = await start(artifact, ["shop", "exit", "3"], options);
    assert.deepEqual([status, stdout], [1, ""]);
    const sentence = `it serves Python ${PYTHON.version}; this host has ${plain} (cp399 3.99.0 on ${PYTHON.processor})`;
    const hint = "Install a Python that it serves, or name one that is not in PATH by HOLDALL_PYTHON.";
    assert.equal(stderr, `cannot start shop 1.0: ${sentence}\nhint: ${hint}\n`);
  },
});
