import assert from "node:assert/strict";
import { defineCase } from "../../src/testing/hard-case.ts";
import { showSameInAllModes } from "../../src/testing/run-modes.ts";

export default defineCase({
  sentence:
    "a .pth file that adds a directory and one that runs an import line take effect everywhere, in the same order",
  origin: ["the documentation of Python's site module"],
  seenFailing:
    "with `sys.path.append` for `site.addsitedir` in another's server, `show` was not found there; with the application's directories in another .pth file than holdall.pth, the order was another",
  async shownBy(place, t) {
    assert.deepEqual(await showSameInAllModes(t, await place.build()), {
      // By the names of their .pth files: that of the application is holdall.pth.
      order: ["site-packages", "site-packages/aardvark_plugins", "app", "site-packages/zebra_plugins"],
      found: ["aardvark", "zebra", "aardvark"],
      hooked: true,
    });
  },
});
