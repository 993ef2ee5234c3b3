import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { copyFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { PYTHON, start } from "../../src/testing/artifact-to-start.ts";
import { defineCase } from "../../src/testing/hard-case.ts";
import { makeDirectory } from "../../src/testing/small-artifact.ts";

/** Imports the application as a server does that has the file on its import path. */
const FOREIGN = "import sys; sys.path.insert(1, sys.argv[1]); import holdall_app, longlived; longlived.run()";

export default defineCase({
  sentence:
    "an artifact that is replaced or deleted while it runs, sealed, open, with a Python inside or in a foreign server, goes on with what it was",
  origin: ["bpo-19081"],
  seenFailing:
    "with a module in the file itself that is first imported after the file was replaced, the foreign server ended with zipimport's EOFError; where the child was started by sys.executable, which in a foreign server is not the release's, it had no module `late`",
  elsewhere: ["src/artifact/start-disturbed.test.ts: a first start goes on with its artifact"],
  async shownBy(place, t) {
    const artifact = await place.build();
    const inside = await place.build({ withPython: true });
    for (const end of ["replaced", "deleted"]) {
      const directory = await makeDirectory(t);
      const copy = async (name: string, from: string) => {
        await copyFile(from, join(directory, name));
        return join(directory, name);
      };
      const sealed = await copy("sealed", artifact.path);
      const open = join(directory, "open");
      assert.equal((await start(artifact, ["--holdall", "unpack", open])).status, 0);
      const served = await copy("served", artifact.path);
      const ways = [
        { file: sealed, argv: [sealed, "run"] },
        { file: open, argv: [join(open, "prefix"), "run"] },
        { file: await copy("inside", inside.path), argv: [join(directory, "inside"), "run"] },
        { file: served, argv: [PYTHON.path, "-c", FOREIGN, served] },
      ];
      await Promise.all(
        ways.map(async ({ file, argv: [program = "", ...words] }) => {
          const options = { cwd: artifact.data, env: artifact.env };
          const child = spawn(program, words, { ...options, stdio: ["pipe", "pipe", "inherit"] });
          t.after(() => child.kill("SIGKILL"));
          const lines = createInterface(child.stdout)[Symbol.asyncIterator]();
          await lines.next();
          await rename(file, `${file}.old`);
          await rm(`${file}.old`, { recursive: true });
          if (end === "replaced") await writeFile(file, "#!/bin/sh\necho another\n");
          child.stdin.end("go on\n");
          const said = (await lines.next()).value;
          assert.equal(said, "1 1 1 1 1 missing metadata xml.dom.minidom", `${file}, ${end}`);
          if (child.exitCode === null) await once(child, "exit");
        }),
      );
    }
  },
});
