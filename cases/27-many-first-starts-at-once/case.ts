import { defineCase } from "../../src/testing/hard-case.ts";

export default defineCase({
  sentence: "many first starts at once all succeed, make one release, and leave nothing over",
  origin: ["shiv: a lock that workers inherit"],
  seenFailing: "with a lock that several may hold, ten starts at once do not all succeed",
  elsewhere: [
    "src/artifact/start-repair.test.ts: ten first starts at once: all succeed, one release, nothing left over",
    "src/builder/inside/start-inside.test.ts: starts at the same time without flock(1) are in nobody's way",
  ],
});
