import assert from "node:assert/strict";
import { defineCase } from "../../src/testing/hard-case.ts";
import { showSameInAllModes } from "../../src/testing/run-modes.ts";

export default defineCase({
  sentence:
    "data and templates are read beside their modules, also after a package has changed the working directory",
  origin: ["importlib.resources", "zipped applications in general"],
  seenFailing: "with nothing but Python files taken from wheels, the first start did not find price.txt",
  async shownBy(place, t) {
    assert.deepEqual(await showSameInAllModes(t, await place.build()), {
      read: ["3.50", "3.50", "Costs 3.50."],
      directory: "site-packages",
      wanderer: true,
    });
  },
});
