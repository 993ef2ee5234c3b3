import assert from "node:assert/strict";
import { start } from "../../src/testing/artifact-to-start.ts";
import { defineCase } from "../../src/testing/hard-case.ts";

const SCRIPTS = {
  "ledger-latin": "'\\xe9'\n",
  "ledger-future": "ledger True\n",
  "ledger-env": "ledger True\n",
  "ledger-windows": "ledger\n",
};

export default defineCase({
  sentence:
    "what a wheel has in `.data` lies where an environment has it, also in a directory named like its package; scripts with a coding line, `from __future__` first, or line ends of Windows run",
  origin: ["pex#3031", "pex#3254", "uv#6489"],
  seenFailing:
    "with two more line ends after the first line, the coding line is the fourth and ledger-latin has a SyntaxError",
  async shownBy(place) {
    const artifact = await place.build();
    const { stdout, stderr } = await start(artifact, ["tell"]);
    const { files, modules, headers, prefix } = JSON.parse(stdout || stderr);
    assert.deepEqual(files, {
      "etc/ledger/ledger.conf": "conf\n",
      "share/doc/ledger.txt": "doc\n",
      "ledger/table.txt": "table\n",
    });
    for (const path of modules)
      assert.match(path, /\/lib\/python[^/]+\/site-packages\/ledger\w*\/__init__\.py$/);
    assert.equal(headers.length, 1);
    assert.ok(headers[0].startsWith(`${prefix}/include/`) && headers[0].endsWith("/ledger.h"), headers[0]);
    const long = { HOLDALL_CACHE: `${artifact.cache}/${"l".repeat(120)}` };
    for (const env of [{}, long]) {
      for (const [name, output] of Object.entries(SCRIPTS)) {
        const ran = await start(artifact, [name], { env });
        assert.equal(ran.stdout + ran.stderr, output, name);
      }
    }
  },
});
