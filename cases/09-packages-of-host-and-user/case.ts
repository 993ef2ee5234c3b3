import assert from "node:assert/strict";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { PYTHON } from "../../src/testing/artifact-to-start.ts";
import { defineCase } from "../../src/testing/hard-case.ts";
import { showInAllModes } from "../../src/testing/run-modes.ts";

const CUSTOMIZE = "import sys\nsys.customized = getattr(sys, 'customized', []) + [__name__]\n";

export default defineCase({
  sentence:
    "a newer distribution of the same name that the user has installed is not used, and sitecustomize and usercustomize change nothing",
  origin: ["pip install --user", "Python's site module"],
  seenFailing:
    "with `include-system-site-packages = true` in pyvenv.cfg, both modules of the user ran in the first start",
  async shownBy(place, t) {
    const artifact = await place.build();
    const home = place.workshop.home;
    const site = join(home, `.local/lib/python${PYTHON.version}/site-packages`);
    mkdirSync(join(site, "cart-9.0.dist-info"), { recursive: true });
    writeFileSync(join(site, "cart.py"), 'origin = "the user"\n');
    writeFileSync(
      join(site, "cart-9.0.dist-info/METADATA"),
      "Metadata-Version: 2.1\nName: cart\nVersion: 9.0\n",
    );
    for (const name of ["sitecustomize", "usercustomize"]) writeFileSync(join(site, `${name}.py`), CUSTOMIZE);
    const shown = await showInAllModes(t, artifact, { env: { HOME: home } });
    for (const [name, facts] of shown) {
      // A server of the user's reads them before it knows of the artifact, as it should; Debian's Python has a sitecustomize of its own.
      const read = name === "another's server" ? ["sitecustomize", "usercustomize"] : [];
      const { cart, customized } = facts as {
        readonly cart: unknown;
        readonly customized: readonly string[];
      };
      assert.deepEqual(cart, ["the artifact", "2.1"], name);
      assert.deepEqual(
        customized.filter((each) => !read.includes(each)),
        [],
        name,
      );
    }
  },
});
