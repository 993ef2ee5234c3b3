import { defineCase } from "../../src/testing/hard-case.ts";

export default defineCase({
  sentence:
    "what another user or another run has put into the cache, under names that a start uses or as links, is refused or removed, and nothing of it is read",
  origin: ["CWE-377", "CWE-61"],
  seenFailing:
    "with the owner of the cache alone looked at, a start of root ran a file of its own that a link of another user's in ready/ led to; with links followed on removal, a directory outside became writable",
  refusal: "cannot start …: its cache …/layers belongs to another user",
  elsewhere: [
    "src/artifact/start-planted.test.ts: a part of the cache that another user has made is refused",
    "src/artifact/start-planted.test.ts: a ready file that another user's link leads to is not sourced",
    "src/artifact/start-planted.test.ts: what other runs left in work/ goes, is never read",
  ],
});
