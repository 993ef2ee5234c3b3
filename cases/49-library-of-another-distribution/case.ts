import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { runProcess } from "../../src/system/run-process.ts";
import { PYTHON, start } from "../../src/testing/artifact-to-start.ts";
import { defineCase } from "../../src/testing/hard-case.ts";
import { needProgram } from "../../src/testing/needs.ts";
import { makeDirectory } from "../../src/testing/small-artifact.ts";

const SOURCES = join(import.meta.dirname, "native");

export default defineCase({
  sentence:
    "an extension finds the library of another distribution by `$ORIGIN/../../other/lib`, in the same release",
  origin: ["pytorch#92096", "rules_python#3228"],
  seenFailing:
    "with symbolic links instead of hard links, the library that is loaded is the one in the store, outside of the release",
  async shownBy(place, t) {
    if (!needProgram(t, "gcc")) return;
    const work = await makeDirectory(t);
    const [library, extension] = ["libaccelerator.so", "_tensor.so"].map((name) => join(work, name)) as [
      string,
      string,
    ];
    await compile([join(SOURCES, "accelerator.c"), "-Wl,-soname,libaccelerator.so", "-o", library]);
    const linked = ["-L", work, "-laccelerator", "-Wl,-rpath,$ORIGIN/../../accelerator/lib"];
    await compile([join(SOURCES, "tensor.c"), ...linked, "-o", extension]);

    const tag = `py3-none-manylinux_2_17_${PYTHON.processor}`;
    const name = "accelerator";
    place.addWheel({ name, tag, files: { "accelerator/lib/libaccelerator.so": readFileSync(library) } });
    const files = {
      "tensor/__init__.py": "from .lib._tensor import answer\n",
      "tensor/lib/__init__.py": "",
      "tensor/lib/_tensor.so": readFileSync(extension),
    };
    place.addWheel({ name: "tensor", tag, files, requires: [name] });
    for (const withPython of [false, true]) {
      const artifact = await place.build({ withPython });
      const release = (await start(artifact, ["--holdall", "path"])).stdout.trim();
      const { stdout, stderr } = await start(artifact, ["compute"]);
      const { answer, mapped } = JSON.parse(stdout || stderr);
      assert.equal(answer, 42);
      const directory = `${release}/lib/python${PYTHON.version}/site-packages/accelerator/lib`;
      assert.deepEqual(mapped, [`${directory}/libaccelerator.so`]);
    }
  },
});

/** Without a C library, so that no machine needs its headers. */
async function compile(words: readonly string[]): Promise<void> {
  const argv = ["gcc", "-shared", "-fPIC", "-nostdlib", ...words];
  const { status, stderr } = await runProcess(argv, { env: process.env });
  assert.equal(status, 0, stderr);
}
