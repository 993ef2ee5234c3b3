import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { PYTHON, start } from "../../src/testing/artifact-to-start.ts";
import type { BuiltCase, CasePlace } from "../../src/testing/case-place.ts";
import { defineCase } from "../../src/testing/hard-case.ts";

/** Each kind of program of a release, and what it says before its arguments. */
const KINDS = {
  "odd-entry": "entry point",
  "odd-script": "script",
  "odd-latin": "'\\xe9'",
  "odd-sh": "sh",
  "odd-binary": "binary",
};
const WORDS = ["a b", "$HOME", "'", "é"];

/** For printf(1); longer than a first line may be, too. */
const ODD = `it's "$x" \`y\` & ; é 日本\\\\ \\t ${"l".repeat(100)}`;
const NO_TEXT = "\\377\\200 no text";

/** By a shell, as Node's strings cannot have the latter. */
const by = ["sh", "-c", 'HOLDALL_CACHE=$HOLDALL_CACHE/$(printf "$NAME") exec "$0" "$@"'];

export default defineCase({
  sentence:
    "programs of every kind run from a cache whose path is long, or has spaces, quotes, other letters or bytes that are no text; one with a colon or a line end is refused, and for a Python inside one that is no text",
  origin: ["execve(2)"],
  seenFailing:
    "with the launcher's path unquoted, sh finds no end of a quote in it and no script runs; a Python inside in a directory that is no text ended with a UnicodeDecodeError in site.py",
  refusal: "cannot start …: the path of its cache has a colon or a line end: …",
  async shownBy(place) {
    // Any program is one of machine code: this one prints its arguments, too.
    const files = { "binary-1.0.data/scripts/odd-binary": readFileSync("/bin/echo") };
    place.addWheel({ name: "binary", files, tag: `py3-none-manylinux_2_17_${PYTHON.processor}` });
    const artifact = await place.build();
    for (const name of [ODD, NO_TEXT]) {
      const env = { NAME: name, LC_ALL: "C" };
      for (const [program, said] of Object.entries(KINDS)) {
        const words = said === "binary" ? ["binary", ...WORDS] : WORDS;
        const line = `${[said, ...WORDS].join(" ")}\n`;
        const direct = await start(artifact, [program, ...words], { by, env });
        assert.equal(direct.stdout + direct.stderr, line, `${program} in ${name}`);
        const called = await start(artifact, ["call", program, ...words], { by, env });
        assert.equal(called.stdout + called.stderr, line.repeat(3), `${program}, called in ${name}`);
      }
      assert.equal((await start(artifact, ["by-plan"], { by, env })).stdout, "script from the plan\n");
    }
    await checkFirstLines(artifact);
    await checkInside(place);
    for (const name of ["a:b", "a\nb"]) {
      const env = { HOLDALL_CACHE: `${artifact.cache}/${name}` };
      const { status, stderr } = await start(artifact, ["odd-sh"], { env });
      assert.equal(status, 1);
      assert.match(stderr, /^cannot start kinds 0: the path of its cache has a colon or a line end: /);
    }
  },
});

/** Newer kernels read more of them than Linux before 5.1 did. */
async function checkFirstLines(artifact: BuiltCase): Promise<void> {
  const env = { HOLDALL_CACHE: `${artifact.cache}/${"l".repeat(60)}` };
  const { stdout } = await start(artifact, ["--holdall", "path"], { env });
  const bin = join(stdout.trim(), "bin");
  const names = readdirSync(bin).filter((name) => name.startsWith("odd-"));
  assert.equal(names.length, Object.keys(KINDS).length);
  for (const name of names) {
    const [line = ""] = readFileSync(join(bin, name), "latin1").split("\n");
    assert.ok(!line.startsWith("#!") || line.length <= 127, `${name}: ${line}`);
  }
}

/** A Python inside cannot be in a directory that is no text: pyvenv.cfg is read as UTF-8. */
async function checkInside({ build }: CasePlace): Promise<void> {
  const artifact = await build({ withPython: true });
  const called = await start(artifact, ["call", "odd-entry"], { by, env: { NAME: ODD } });
  assert.equal(called.stdout + called.stderr, "entry point\n".repeat(3));
  const { status, stderr } = await start(artifact, ["odd-entry"], { by, env: { NAME: NO_TEXT } });
  assert.equal(status, 1);
  assert.match(
    stderr,
    /^cannot start kinds 0: its Python is inside, and the path of its release is not UTF-8: /,
  );
}
