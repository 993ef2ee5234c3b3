import assert from "node:assert/strict";
import { defineCase } from "../../src/testing/hard-case.ts";
import { showSameInAllModes } from "../../src/testing/run-modes.ts";

export default defineCase({
  sentence:
    "a module has another name than its project; two projects with one module build when it is the same, and are refused when it is not",
  origin: ["opencv-python and opencv-python-headless"],
  seenFailing:
    "when first tried, basket and bag gave one layer of bytecode, which the target then had twice, so nothing could be built; with collisions not refused, crate was built over basket",
  refusal: "cannot put … and … into one artifact: both have …, and they differ",
  async shownBy(place, t) {
    const facts = { soup: ["Soup", "4.0"], size: 1 };
    assert.deepEqual(await showSameInAllModes(t, await place.build()), facts);
    for (const pip of ["[crate, basket]", "[basket, crate]"]) {
      place.workshop.write({ "holdall.yaml": `name: shop\nplatform: python\npip: ${pip}\n` });
      await assert.rejects(place.build(), {
        code: "files_collide",
        message: "cannot put basket and crate into one artifact: both have shared.py, and they differ",
        hint: "Require only one of the two.",
      });
    }
  },
});
