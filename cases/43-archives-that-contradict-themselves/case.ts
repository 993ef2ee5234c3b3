import { defineCase } from "../../src/testing/hard-case.ts";

export default defineCase({
  sentence:
    "an archive whose headers contradict one another, with bytes before, between or after, another manifest or an early end is refused",
  origin: ["zip: local headers against the directory"],
  seenFailing:
    "with local headers that are not compared, the reader in Python does not refuse all of the hostile files as it should",
  elsewhere: [
    "src/artifact/open-artifact.test.ts",
    "src/artifact/support-reader.test.ts",
    "src/artifact/start-refusals.test.ts: an artifact that was changed anywhere is refused before a file is placed",
  ],
});
