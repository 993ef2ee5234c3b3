import assert from "node:assert/strict";
import { existsSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { makeArtifactToStart, PYTHON, start, startFacts } from "../../src/testing/artifact-to-start.ts";
import { defineCase } from "../../src/testing/hard-case.ts";
import { needProgram } from "../../src/testing/needs.ts";
import { makeDirectory, removeReadOnly } from "../../src/testing/small-artifact.ts";

const SHELLS = [["dash"], ["bash", "--posix"], ["busybox", "ash"], ["ksh"], ["mksh"]];

export default defineCase({
  sentence:
    "dash, bash, busybox, ksh and mksh start an artifact with nothing but a Python in PATH, warm without PATH, and as an open file without a name",
  origin: ["scie-jump 0.7.2", "POSIX.1: sh"],
  seenFailing:
    "with the boot read by cat(1) instead of read, the start without programs in PATH fails in dash; with the bare PATH of the caller after the release's, programs were looked for in the working directory",
  async shownBy(_place, t) {
    if (!SHELLS.every(([shell = ""]) => needProgram(t, shell))) return;
    const artifact = await makeArtifactToStart(t);
    const bare = await makeDirectory(t);
    symlinkSync(PYTHON.path, join(bare, "python3"));
    for (const [name = "", ...options] of SHELLS) {
      const directories = (process.env["PATH"] ?? "").split(":");
      const shell = directories.map((one) => join(one, name)).find(existsSync) ?? "";
      const byName = { by: [shell, ...options] };
      const asFile = {
        by: ["/bin/sh", "-c", 'exec "$@" 7<"$FILE"', "sh", shell, ...options],
        as: "/proc/self/fd/7",
      };
      for (const way of [byName, asFile]) {
        for (const PATH of [bare, ""]) {
          if (PATH === bare) removeReadOnly(artifact.cache);
          const env = { PATH, FILE: artifact.path };
          const { status, stderr } = await start(artifact, ["shop", "exit", "5"], { ...way, env });
          assert.deepEqual([status, stderr], [5, ""], `${name} ${way.by[1]} PATH=${PATH}`);
          if (PATH !== "") continue;
          const { prefix, env: own } = await startFacts(artifact, { ...way, env });
          const [first, ...rest] = own["PATH"]?.split(":") ?? [];
          assert.equal(first, `${prefix}/bin`, name);
          // Most shells have a PATH of their own. An empty part would be the working directory.
          assert.ok(rest.includes("/usr/bin") && !rest.includes(""), `${name}: ${own["PATH"]}`);
        }
      }
    }
  },
});
