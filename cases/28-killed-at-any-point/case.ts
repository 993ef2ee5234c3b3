import { defineCase } from "../../src/testing/hard-case.ts";

export default defineCase({
  sentence:
    "a first start that is killed at any point is made good by the next one, which hangs on nothing and cleans up",
  origin: ["shiv: its workers inherit the lock"],
  seenFailing:
    "where stale work is not removed, what the killed start had unpacked is still in the cache after the next",
  elsewhere: [
    "src/artifact/start-repair.test.ts: killed at any moment of the first start, the next one succeeds and cleans up",
    "src/artifact/crash-sweep.test.ts: killed at any point of the first start",
    "src/artifact/crash-sweep.test.ts: killed at any program that unpacks the Python inside",
  ],
});
