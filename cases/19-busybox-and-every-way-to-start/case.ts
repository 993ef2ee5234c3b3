import assert from "node:assert/strict";
import {
  copyFileSync,
  linkSync,
  mkdirSync,
  readFileSync,
  renameSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { makeArtifactToStart, PATH, start } from "../../src/testing/artifact-to-start.ts";
import { defineCase } from "../../src/testing/hard-case.ts";
import { needProgram } from "../../src/testing/needs.ts";
import { makeDirectory, removeReadOnly } from "../../src/testing/small-artifact.ts";

export default defineCase({
  sentence:
    "by busybox or the kernel, under any name: a symbolic link, a hard link, renamed, found in PATH, beside something in the working directory that is called the same, called like a builtin of the shell",
  origin: ["scie-jump 0.7.2"],
  seenFailing:
    "as the prefix looked for its file by `command -v`, an artifact called `alias` said that its archive cannot be read",
  async shownBy(_place, t) {
    if (!needProgram(t, "busybox")) return;
    const artifact = await makeArtifactToStart(t);
    const programs = join(await makeDirectory(t), "programs");
    mkdirSync(programs);
    symlinkSync(artifact.path, join(programs, "linked"));
    linkSync(artifact.path, join(dirname(artifact.path), "hard"));
    copyFileSync(artifact.path, join(programs, "first-name"));
    renameSync(join(programs, "first-name"), join(programs, "renamed.bin"));
    for (const name of ["python3", "alias"]) copyFileSync(artifact.path, join(programs, name));
    writeFileSync(join(artifact.data, "linked"), "#!/bin/sh\necho the one in the working directory\n", {
      mode: 0o755,
    });
    const env = { PATH: `${PATH}:${programs}` };
    const ways = [
      ...[[], ["busybox", "sh"], ["busybox", "ash"]].flatMap((by) => [
        { by, as: join(programs, "linked") },
        { by, as: join(dirname(artifact.path), "hard") },
        { by, as: join(programs, "renamed.bin") },
        { by, as: join(programs, "python3") },
      ]),
      { by: ["env"], as: "linked", env },
      { by: ["bash"], as: "alias", env },
    ];
    for (const way of ways) {
      for (const temperature of ["cold", "warm"]) {
        if (temperature === "cold") removeReadOnly(artifact.cache);
        const { status, stdout, stderr } = await start(artifact, ["shop", "exit", "6"], way);
        assert.deepEqual([status, stdout, stderr], [6, "", ""], `${JSON.stringify(way)}, ${temperature}`);
      }
    }
    const listed = await start(artifact, ["unzip", "-p", artifact.path, "manifest.json"], { as: "busybox" });
    assert.equal(JSON.parse(listed.stdout).name, "shop");
    assert.ok(readFileSync(artifact.path).includes(listed.stdout));
  },
});
