import { defineCase } from "../../src/testing/hard-case.ts";

export default defineCase({
  sentence:
    "a first start that runs out of room, quota, inodes or descriptors at any point says so in one sentence and leaves no work; the next one works when there is room",
  origin: ["shiv: leaves what it has unpacked"],
  seenFailing:
    "with the removal of work taken out, of the program inside or of its script, the small disks and each point of the sweep had work left over",
  refusal: "cannot start …: the disk of its cache … is full",
  elsewhere: [
    "src/artifact/crash-sweep.test.ts: out of room or descriptors from any point on",
    "src/artifact/start-cramped.test.ts: a disk that is too small, or has too few inodes, by whatever",
    "src/artifact/start-cramped.test.ts: a disk that is too small for the Python inside",
  ],
});
