import assert from "node:assert/strict";
import { start } from "../../src/testing/artifact-to-start.ts";
import { defineCase } from "../../src/testing/hard-case.ts";
import { makeWheel, startPackageIndex, type WheelContent } from "../../src/testing/package-index.ts";

const WHEEL = "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\n";

/** Names of distributions, each with one module of its name. */
const TAKEN: Readonly<Record<string, Partial<WheelContent>>> = {
  odd_empty_tag: { wheel: `${WHEEL}Tag: \n` },
  odd_no_tag: { wheel: WHEEL },
  odd_missing: { record: "odd_missing.py,,\nmissing.py,,\nodd_missing-1.0.dist-info/RECORD,,\n" },
  odd_unlisted: { record: "odd_unlisted-1.0.dist-info/RECORD,,\n" },
  odd_modes: { mode: 0 },
  "Odd.Name": { files: { "odd_name.py": "x = 1\n" } },
};

const REFUSED: Readonly<Record<string, string>> = {
  Name: "Metadata-Version: 2.1\nVersion: 1.0\n",
  Version: "Metadata-Version: 2.1\nName: odd\n",
};

export default defineCase({
  sentence:
    "wheels with an empty tag, a RECORD that is wrong, files of mode 000 or an odd .dist-info serve; METADATA without name or version is refused",
  origin: ["pex#3133", "pex#3051", "pex#3119"],
  seenFailing:
    "when first tried, METADATA without a name was reported as requirements that do not fit together; with a file left out that RECORD does not list, odd_unlisted could not be imported",
  refusal: "cannot resolve the requirements: the metadata of … cannot be read: Metadata field … not found",
  async shownBy({ workshop, build }, t) {
    const wheels = Object.entries(TAKEN).map(([name, content]) =>
      makeWheel({ name, files: { [`${name}.py`]: "x = 1\n" }, ...content }),
    );
    const env = { ...process.env, HOME: workshop.home, UV_HTTP_RETRIES: "0" };
    const { url: address } = await startPackageIndex(t, wheels);
    const artifact = await build({ env: { ...env, UV_DEFAULT_INDEX: address } });
    const { status, stdout, stderr } = await start(artifact, ["show"]);
    assert.equal(status, 0, stderr);
    const facts: Record<string, object> = JSON.parse(stdout);
    for (const name of Object.keys(TAKEN)) {
      const module = name.toLowerCase().replace(".", "_");
      assert.deepEqual(facts[module], { x: 1, version: "1.0", modules: [`${module}.py`] }, name);
    }
    workshop.write({ "holdall.yaml": "name: shop\nplatform: python\npip: odd\n" });
    for (const [field, metadata] of Object.entries(REFUSED)) {
      const { url } = await startPackageIndex(t, [makeWheel({ name: "odd", metadata })]);
      await assert.rejects(build({ env: { ...env, UV_DEFAULT_INDEX: url } }), {
        code: "resolve_failed",
        message: `cannot resolve the requirements: the metadata of odd==1.0 cannot be read: Metadata field ${field} not found`,
        hint: "Choose another version of it, and tell those who publish it.",
      });
    }
  },
});
