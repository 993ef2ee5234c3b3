import assert from "node:assert/strict";
import { PYTHON, type StartOptions, start } from "../../src/testing/artifact-to-start.ts";
import { defineCase } from "../../src/testing/hard-case.ts";

const OPTIONS = ["-O", "-u", "-X", "dev", "-W", "error::ResourceWarning"];
const VARIABLES = {
  PYTHONOPTIMIZE: "1",
  PYTHONUNBUFFERED: "1",
  PYTHONDEVMODE: "1",
  PYTHONWARNINGS: "error::ResourceWarning",
};

export default defineCase({
  sentence:
    "what is meant for the application's Python reaches it: as variables, and as options before the file or the module",
  origin: ["pex#2422"],
  seenFailing:
    "when first tried, options before the file (`python3 -O app.holdall show`) were lost: `optimized` was 0",
  async shownBy(place) {
    const artifact = await place.build();
    const seed = { PYTHONHASHSEED: "7" };
    const ways: [name: string, words: readonly string[], options: StartOptions][] = [
      ["variables, the first time", ["show"], { env: { ...VARIABLES, ...seed } }],
      ["variables, the next time", ["show"], { env: { ...VARIABLES, ...seed } }],
      ["options of its python", ["python", ...OPTIONS, "-m", "show"], { env: seed }],
      ["options before the file", ["show"], { env: seed, by: [PYTHON.path, ...OPTIONS] }],
    ];
    const hashes = new Set<unknown>();
    for (const [name, words, options] of ways) {
      const { status, stdout, stderr } = await start(artifact, words, options);
      assert.equal(status, 0, `${name}: ${stderr}`);
      const { hash, ...facts } = JSON.parse(stdout);
      hashes.add(hash);
      const warnings = ["error::ResourceWarning"];
      assert.deepEqual(facts, { optimized: 1, development: true, unbuffered: true, warnings }, name);
    }
    assert.equal(hashes.size, 1);
  },
});
