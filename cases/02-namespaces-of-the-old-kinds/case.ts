import assert from "node:assert/strict";
import { defineCase } from "../../src/testing/hard-case.ts";
import { showSameInAllModes } from "../../src/testing/run-modes.ts";

export default defineCase({
  sentence:
    "namespaces by pkgutil, by pkg_resources and by -nspkg.pth are merged; an `__init__.py` that differs is refused",
  origin: ["pex#1570", "pex#3063"],
  seenFailing:
    "before namespaces were told from modules by all of their text, an `__init__.py` with a constant beside extend_path was put over the other without a word; with digests of the bytes alone, the build refused trees-elm and trees-oak",
  refusal: "cannot put … and … into one artifact: both have …/__init__.py, and they differ",
  async shownBy(place, t) {
    assert.deepEqual(await showSameInAllModes(t, await place.build()), {
      ...{ "acme.basket": "basket", "acme.cart": "cart", "acme.shop": "shop" },
      ...{ "planets.earth": "earth", "planets.mars": "mars" },
      ...{ "trees.elm": "elm", "trees.oak": "oak" },
    });
    place.workshop.write({
      "holdall.yaml": "name: shop\nplatform: python\npip: [acme-cart, acme-version]\n",
    });
    await assert.rejects(place.build(), {
      code: "files_collide",
      message:
        "cannot put acme-cart and acme-version into one artifact: both have acme/__init__.py, and they differ",
      hint: "Require only one of the two.",
    });
  },
});
