import assert from "node:assert/strict";
import { openArtifact } from "../../src/artifact/open-artifact.ts";
import { start } from "../../src/testing/artifact-to-start.ts";
import { defineCase } from "../../src/testing/hard-case.ts";

export default defineCase({
  sentence:
    "a namespace package of three distributions and the application is whole, and no layer holds another's part",
  origin: ["PEP 420", "pex#2160"],
  seenFailing:
    "with an `acme/__init__.py` in one of the wheels, the other parts cannot be imported: the build's check says so",
  async shownBy(place) {
    const artifact = await place.build();
    const { status, stdout, stderr } = await start(artifact, ["show"]);
    assert.equal(status, 0, stderr);
    const { parts, modules } = JSON.parse(stdout);
    assert.deepEqual(modules, ["acme.basket", "acme.cart", "acme.till"]);
    // One directory of all distributions, one of the application's own.
    assert.deepEqual(
      parts.map((path: string) => path.replace(/.*\/(?=app\/|site-packages\/)/, "")).toSorted(),
      ["app/acme", "site-packages/acme"],
    );
    const { manifest } = await openArtifact(artifact.path);
    const distributions = Object.values(manifest.layers).filter(({ kind }) => kind === "distribution");
    assert.deepEqual(
      distributions.map(({ name, files }) => [name, files]).toSorted(),
      // One module and METADATA, WHEEL, RECORD; how the installer calls itself is not in a layer.
      ["acme-basket", "acme-cart", "acme-till"].map((name) => [name, distributions[0]?.files]),
    );
  },
});
