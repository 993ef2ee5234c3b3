import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { defineCase } from "../../src/testing/hard-case.ts";
import { showSameInAllModes } from "../../src/testing/run-modes.ts";

export default defineCase({
  sentence:
    "a namespace package of three distributions and the application is whole, and no layer holds another's part",
  origin: ["PEP 420", "pex#2160"],
  seenFailing:
    "with the application's files put into site-packages, `app/acme` was missing among the parts of the first start",
  async shownBy(place, t) {
    const artifact = await place.build();
    assert.deepEqual(await showSameInAllModes(t, artifact), {
      // One directory of all distributions, one of the application's own.
      parts: ["app/acme", "site-packages/acme"],
      modules: ["acme.basket", "acme.cart", "acme.shop", "acme.till"],
    });
    const layers = join(artifact.cache, "layers");
    const modules = readdirSync(layers).map((layer) => {
      const paths = readdirSync(join(layers, layer), { recursive: true, encoding: "utf8" });
      return paths.filter((path) => path.startsWith("site-packages/") && path.endsWith("/__init__.py"));
    });
    assert.deepEqual(modules.flat().toSorted(), [
      "site-packages/acme/basket/__init__.py",
      "site-packages/acme/cart/__init__.py",
      "site-packages/acme/till/__init__.py",
    ]);
    assert.ok(modules.every((paths) => paths.length <= 1));
  },
});
