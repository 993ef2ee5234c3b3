import { defineCase } from "../../src/testing/hard-case.ts";

export default defineCase({
  sentence:
    "what another user or another run has put into the cache, under names that a start uses or as links, is refused or removed, and nothing of it is read; a cache that another user could change is refused",
  origin: ["CWE-377", "CWE-61"],
  seenFailing:
    "with the owner of the cache alone looked at, a start of root ran a file of its own that a link of another user's in ready/ led to; with links followed on removal, a directory outside became writable; with the owner alone looked at, a cache of mode 0777 served",
  refusal: "cannot start …: its cache …/layers belongs to another user",
  elsewhere: [
    "src/artifact/start-planted.test.ts: a part of the cache that another user has made is refused",
    "src/artifact/start-planted.test.ts: a ready file that another user's link leads to is not sourced",
    "src/artifact/start-cache-rights.test.ts: a cache that others can change is refused, and nothing is put there",
    "src/artifact/start-cache-rights.test.ts: root uses no cache in a directory of another user",
    "src/artifact/start-planted.test.ts: what other runs left in work/ goes, is never read",
  ],
});
