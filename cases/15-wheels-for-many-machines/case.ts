import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { openArtifact } from "../../src/artifact/open-artifact.ts";
import { isTargetPlatform, parseTargetPlatform } from "../../src/description/target-platform.ts";
import { makeArtifactToStart, PYTHON, start } from "../../src/testing/artifact-to-start.ts";
import { defineCase } from "../../src/testing/hard-case.ts";
import { makeWheel, startPackageIndex } from "../../src/testing/package-index.ts";
import { smallElf } from "../../src/testing/small-elf.ts";

/** A wheel that says which one it is. */
function makeEngine(tag: string) {
  const machine = tag.endsWith("aarch64") ? 183 : 62; // ELF's numbers
  const elf = smallElf({ machine, versions: tag.includes("musl") ? [] : ["GLIBC_2.17"] });
  const python = `def main():\n    print(${JSON.stringify(tag)})\n`;
  return makeWheel({ name: "engine", tag, files: { "engine/__init__.py": python, "engine/code.so": elf } });
}

const CP = PYTHON.abi;
const NEXT = CP.replace(/\d+$/, (digits) => String(Number(digits) + 1));
const TAGS = [
  "cp38-abi3-manylinux_2_17_aarch64",
  "cp38-abi3-musllinux_1_2_x86_64",
  "cp38-abi3-manylinux_2_17_x86_64",
  `${CP}-${CP}-manylinux_2_17_x86_64`,
  `${CP}-${CP}-manylinux_2_28_x86_64`,
  `${CP}-${CP}-manylinux_2_39_x86_64`,
  `${CP}-${CP}t-manylinux_2_28_x86_64`,
  `${CP}-${CP}t-musllinux_1_2_x86_64`,
  `${NEXT}-${NEXT}-manylinux_2_28_x86_64`,
  `${NEXT}-${NEXT}t-manylinux_2_28_x86_64`,
];
/** The wheel that each machine gets: that of its own ABI before abi3, of the newest libc that it may have. */
const CHOSEN: Readonly<Record<string, string>> = {
  "x86_64-glibc2.17": `${CP}-${CP}-manylinux_2_17_x86_64`,
  "x86_64-glibc2.28": `${CP}-${CP}-manylinux_2_28_x86_64`,
  "x86_64-glibc2.40": `${CP}-${CP}-manylinux_2_39_x86_64`,
  "aarch64-glibc2.28": "cp38-abi3-manylinux_2_17_aarch64",
  "x86_64-musl": "cp38-abi3-musllinux_1_2_x86_64",
};

export default defineCase({
  sentence:
    "of wheels for abi3, for one Python, for its free-threaded build, for musl and for several glibcs each machine gets its own; a host whose glibc is too old is told so before anything is unpacked",
  origin: ["PEP 425", "PEP 600", "PEP 656", "PEP 703"],
  seenFailing:
    "with glibc 2.17 as the ceiling of every target, x86_64-glibc2.28 got the wheel for manylinux_2_17; with versions compared as text, glibc 2.36 passed for newer than 2.100",
  async shownBy({ workshop, build }, t) {
    const { url } = await startPackageIndex(t, TAGS.map(makeEngine));
    const env = { ...process.env, HOME: workshop.home, UV_HTTP_RETRIES: "0", UV_DEFAULT_INDEX: url };
    for (const [word, tag] of Object.entries(CHOSEN)) {
      const platform = parseTargetPlatform(word);
      assert.ok(isTargetPlatform(platform));
      const artifact = await build({ env, targets: [platform], checkImports: false });
      const { manifest } = await openArtifact(artifact.path);
      const chosen = Object.entries(manifest.layers).filter(([, { kind }]) => kind === "distribution");
      const tags = chosen.map(([identity]) => {
        const file = join(workshop.cache, "layers", `${identity.slice("sha256:".length)}.tar.gz`);
        return /^Tag: (\S+)$/m.exec(gunzipSync(readFileSync(file)).toString("latin1"))?.[1];
      });
      assert.deepEqual(tags, [tag], word);
    }
    // Versions are numbers: to sort them as text would do for the first.
    for (const [floor, serves] of [
      ["9.9", false],
      ["2.100", false],
      ["2.9", true],
    ] as const) {
      const libc = { kind: "glibc", floor } as const;
      const artifact = await makeArtifactToStart(t, { target: { processor: PYTHON.processor, libc } });
      for (const by of [[], [PYTHON.path]]) {
        const { status, stderr } = await start(artifact, ["shop", "exit", "4"], { by });
        if (serves) assert.deepEqual([status, stderr], [4, ""], floor);
        else {
          assert.ok(stderr.startsWith("cannot start shop 1.0: it serves "), stderr);
          assert.ok(stderr.includes(` with glibc ${floor} or newer; this host is `), stderr);
          assert.ok(!existsSync(artifact.cache));
        }
      }
    }
  },
});
