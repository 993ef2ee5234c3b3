import { defineCase } from "../../src/testing/hard-case.ts";

export default defineCase({
  sentence:
    "prune keeps what runs, however long ago it was started, and a start at any moment of it succeeds; what a cleaner of old files has taken is made anew",
  origin: ["pex#3223", "systemd-tmpfiles below /var/tmp"],
  seenFailing:
    "with no release taken as in use, that of an application started sixty days ago goes; without the look at its ready file, a start that had read it before prune began lost its release",
  elsewhere: [
    "src/artifact/cache-prune.test.ts: that was started sixty days ago keeps its release, and its last use is now",
    "src/artifact/cache-prune.test.ts: prune while a warm start is stopped before any command of its shell",
    "src/artifact/crash-sweep.test.ts: a start at any point of prune succeeds",
    "src/artifact/crash-sweep.test.ts: a warm start that has read its ready file before prune began goes on",
    "src/artifact/cache-prune.test.ts: a cleaner of old files: the next start notices",
  ],
});
