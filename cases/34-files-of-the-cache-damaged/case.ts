import { defineCase } from "../../src/testing/hard-case.ts";

export default defineCase({
  sentence:
    "a file of the cache that was deleted or changed is found by verify and made anew by repair; after a crash of the machine the next start looks itself",
  origin: ["shiv: never repairs a damaged cache"],
  seenFailing:
    "with a release that is always taken for whole, the start after a reboot runs an application that lost its bytes",
  elsewhere: [
    "src/artifact/start-repair.test.ts: after a reboot each file is looked at, and what was lost is made again",
    "src/artifact/cache-verify.test.ts: verify finds it, repair removes it, the next start makes it anew",
  ],
});
