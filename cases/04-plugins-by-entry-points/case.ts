import assert from "node:assert/strict";
import { defineCase } from "../../src/testing/hard-case.ts";
import { showSameInAllModes } from "../../src/testing/run-modes.ts";

export default defineCase({
  sentence: "a plug-in of one distribution is found by another through its entry point, everywhere and once",
  origin: ["the entry points specification of PyPA"],
  seenFailing: "with `lib64` named as a second directory of distributions, each of them was listed twice",
  async shownBy(place, t) {
    assert.deepEqual(await showSameInAllModes(t, await place.build()), {
      plugins: [["card", "by card"]],
      distributions: ["till", "till_card"],
    });
  },
});
