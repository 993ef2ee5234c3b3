import { defineCase } from "../../src/testing/hard-case.ts";

export default defineCase({
  sentence:
    "two builds from the same wheels with other paths, umask, locale, time zone, hash seed and empty caches give equal bytes",
  origin: ["reproducible-builds.org"],
  seenFailing: "with the place of the build in the file names of the bytecode, the two artifacts differed",
  elsewhere: [
    "src/builder/build-artifact.test.ts: two builds from the real index, as different as machines can be, give equal bytes",
    "src/builder/bytecode.test.ts: bytecode depends on the layer alone, not on what is compiled beside or before it",
  ],
});
