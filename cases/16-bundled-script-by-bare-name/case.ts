import assert from "node:assert/strict";
import { chmod, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { start } from "../../src/testing/artifact-to-start.ts";
import { defineCase } from "../../src/testing/hard-case.ts";
import { makeDirectory } from "../../src/testing/small-artifact.ts";

export default defineCase({
  sentence:
    "a script of a distribution that the application calls by its bare name is the bundled one, not the host's",
  origin: ["pex#1097", "pex#626", "PyInstaller#6362"],
  seenFailing: "with the release's bin last in PATH, all five ways run the ledger of the host",
  async shownBy(place, t) {
    const artifact = await place.build();
    const host = await makeDirectory(t);
    await writeFile(join(host, "ledger"), "#!/bin/sh\necho the ledger of the host\n");
    await chmod(join(host, "ledger"), 0o755);
    const PATH = `${host}:${artifact.env["PATH"]}`;
    const ways = ["run", "a-shell", "env", "a-child", "exec"];
    for (const _ of ["cold", "warm"]) {
      const { status, stdout, stderr } = await start(artifact, ["upgrade"], { env: { PATH } });
      assert.equal(status, 0, stderr);
      assert.equal(stdout, ways.map((way) => `the bundled ledger --from-${way}\n`).join(""));
      const direct = await start(artifact, ["directly"], { env: { PATH } });
      assert.equal(direct.stdout, "the bundled ledger --from-the-plan\n");
    }
  },
});
