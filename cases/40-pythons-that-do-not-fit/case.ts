import assert from "node:assert/strict";
import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { makeArtifactToStart, PYTHON, start } from "../../src/testing/artifact-to-start.ts";
import { defineCase } from "../../src/testing/hard-case.ts";
import { needRoot } from "../../src/testing/needs.ts";
import { copyPython, WITHOUT_PYTHONS } from "../../src/testing/other-python.ts";
import { makeDirectory } from "../../src/testing/small-artifact.ts";

const MINOR = PYTHON.version.replace(".", "");
const OTHER = PYTHON.processor === "x86_64" ? "aarch64" : "x86_64";

/** How a Python differs that is not here, and what it is called then by the prefix and by the program inside. */
const UNFIT: readonly [change: string, tag: string, shown: string][] = [
  [`sys.implementation.name = "pypy"`, `pypy${MINOR}`, `pypy VERSION (cp${MINOR})`],
  [`sys.abiflags = "d"`, `cp${MINOR}d`, `Python VERSION (cp${MINOR}d)`],
  [`sys.abiflags = "t"`, `cp${MINOR}t`, `Python VERSION (cp${MINOR}t)`],
  // As under qemu-user.
  [`os.uname = lambda: os.uname_result(["Linux", "", "", "", "${OTHER}"])`, `cp${MINOR}`, "Python VERSION"],
  ["sys.maxsize = 2**31 - 1", `cp${MINOR}`, "Python VERSION"],
];
const PROCESSORS = [PYTHON.processor, PYTHON.processor, PYTHON.processor, OTHER, "32-bit"];

/** Runs the program of an artifact in a Python that was changed. */
const RUN = `
del sys.argv[0]
runpy.run_path(sys.argv[0], run_name="__main__")`;
/** Hash functions that a system in FIPS mode refuses, or that a Python was built without. */
const FIPS = `import hashlib, runpy, sys
def refuse(*_, **__):
    raise ValueError("disabled for FIPS")
for name in ("md5", "sha1", "blake2b", "blake2s", "new"):
    setattr(hashlib, name, refuse)${RUN}`;

export default defineCase({
  sentence:
    "PyPy, a debug or free-threaded build, another processor and 32 bits are refused by what they are; a Python without md5, sha1 and blake2 serves",
  origin: ["pex#3164", "PEP 3149"],
  seenFailing:
    "without the implementation in serves(), PyPy was given a release; without the ABI in the prefix's test, it was found; with md5 in the name of a release, the start under FIPS ended in a traceback",
  refusal: "cannot start …: it serves Python … on … with glibc … or newer; this is … on … (…)",
  async shownBy(_, t) {
    if (!needRoot(t)) return;
    const libc = { kind: "glibc", floor: "2.17" } as const;
    const artifact = await makeArtifactToStart(t, { target: { processor: PYTHON.processor, libc } });
    const root = await makeDirectory(t);
    const real = copyPython(join(root, "real"), "real");
    const python = join(root, "python3");
    const words = (change: string) => ["-I", "-S", "-B", "-c", `import os, runpy, sys\n${change}${RUN}`];
    for (const [index, [change, tag, shown]] of UNFIT.entries()) {
      const processor = PROCESSORS[index] ?? "";
      // The prefix asks it by `-I -S -c CODE FILE TARGETS`.
      const asked = `import os, sys; ${change}; sys.executable = "${python}"; exec(sys.argv.pop(1))`;
      writeFileSync(python, `#!/bin/sh\nshift 3\nexec ${real} -I -S -c '${asked}' "$@"\n`, { mode: 0o755 });
      const env = { PATH: `${root}:/usr/bin:/bin` };
      const found = await start(artifact, ["shop"], { by: WITHOUT_PYTHONS, env });
      assert.equal(found.status, 1, change);
      const seen = new RegExp(
        `and has ${python} \\(${tag} ${PYTHON.version}\\.\\d+ on ${processor}\\)\nhint: Install a Python`,
      );
      assert.match(found.stderr, seen);

      const named = await start(artifact, ["shop"], { by: [PYTHON.path, ...words(change)] });
      assert.equal(named.status, 1, change);
      const version = `${PYTHON.version.replace(".", "\\.")}\\.\\d+`;
      const itself = shown.replace("VERSION", version).replaceAll(/[()]/g, "\\$&");
      assert.match(
        named.stderr,
        new RegExp(`; this is ${itself} on ${processor} \\(/.*\\)\nhint: Start it as a program`),
      );
    }
    assert.ok(!existsSync(artifact.cache), "nothing was written");
    const { status, stderr } = await start(artifact, ["shop", "exit", "4"], {
      by: [PYTHON.path, "-I", "-S", "-B", "-c", FIPS],
    });
    assert.deepEqual([status, stderr], [4, ""]);
  },
});
