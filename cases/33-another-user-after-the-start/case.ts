import assert from "node:assert/strict";
import { join } from "node:path";
import { runProcess } from "../../src/system/run-process.ts";
import { start } from "../../src/testing/artifact-to-start.ts";
import { makeArtifactForAnyUser } from "../../src/testing/for-any-user.ts";
import { defineCase } from "../../src/testing/hard-case.ts";
import { needRoot } from "../../src/testing/needs.ts";
import { fileEntry, makeDirectory } from "../../src/testing/small-artifact.ts";

const DROP = `import os, subprocess, sys

os.setgroups([])
os.setgid(33)
os.setuid(33)
import cart  # not before now
with open(os.path.join(sys.prefix, "app", "shop.txt")) as file:
    print(os.getuid(), file.read(), flush=True)
subprocess.run([sys.executable, "-c", "import cart, os; print(os.getuid())"], check=True)
subprocess.run(["cart"], check=True)
`;
const MASKED = ["sh", "-c", 'umask 077; exec "$0" "$@"'];

export default defineCase({
  sentence:
    "root starts with umask 077: a process that then becomes www-data imports, reads and starts children, and www-data runs a directory that root unpacked",
  origin: ["PyInstaller's documentation", "servers that give up their privileges"],
  seenFailing:
    "when first tried, www-data could not read what root had unpacked by `unpack --venv` with umask 077; with that umask for a release, `import cart` failed after setuid",
  async shownBy(_, t) {
    if (!needRoot(t)) return;
    const artifact = await makeArtifactForAnyUser(t, {
      application: [fileEntry("app/shop.txt", "open"), fileEntry("app/drop.py", DROP)],
    });
    for (const _ of ["first", "next"]) {
      const { status, stdout, stderr } = await start(artifact, ["python", "-m", "drop"], { by: MASKED });
      assert.deepEqual([status, stderr], [0, ""]);
      assert.match(stdout, /^33 open\n33\ncart \/.*\/cart\.py\n$/);
    }
    const directory = join(await makeDirectory(t), "own");
    const unpacked = await start(artifact, ["--holdall", "unpack", "--venv", directory], { by: MASKED });
    assert.equal(unpacked.status, 0, unpacked.stderr);
    const user = ["setpriv", "--reuid=33", "--regid=33", "--clear-groups"];
    await runProcess(["chmod", "755", join(directory, "..")], { env: {} });
    const { status, stderr } = await runProcess([...user, join(directory, "bin/cart")], {
      ...{ cwd: artifact.data, env: { PATH: "/usr/bin:/bin" } },
    });
    assert.deepEqual([status, stderr], [0, ""]);
  },
});
