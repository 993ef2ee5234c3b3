import { defineCase } from "../../src/testing/hard-case.ts";

export default defineCase({
  sentence:
    "a layer that leads out, lies about its size or has what no layer may have is refused, by each reader, and nothing of it is unpacked",
  origin: ["CVE-2007-4559"],
  seenFailing:
    "with no limit on what is inflated, the reader in Python does not refuse all of the hostile files as it should",
  elsewhere: ["src/artifact/open-artifact.test.ts", "src/artifact/support-reader.test.ts"],
});
