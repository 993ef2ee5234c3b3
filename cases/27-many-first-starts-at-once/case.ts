import { defineCase } from "../../src/testing/hard-case.ts";

export default defineCase({
  sentence:
    "many first starts at once all succeed, make one release, and leave nothing over; so does one start at any moment of which another one, prune, repair or a deletion of the cache happens",
  origin: ["shiv: a lock that workers inherit"],
  seenFailing:
    "with a lock that several may hold, ten starts at once do not all succeed; with two looks at one directory, the cache that another start had made between them was called no directory",
  elsewhere: [
    "src/artifact/start-repair.test.ts: ten first starts at once: all succeed, one release, nothing left over",
    "src/artifact/start-disturbed.test.ts",
    "src/builder/inside/start-inside.test.ts: starts at the same time without flock(1) are in nobody's way",
  ],
});
