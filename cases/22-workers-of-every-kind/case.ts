import assert from "node:assert/strict";
import { start } from "../../src/testing/artifact-to-start.ts";
import { defineCase } from "../../src/testing/hard-case.ts";

const METHODS = ["spawn", "forkserver", "fork"];

export default defineCase({
  sentence:
    "workers of multiprocessing, concurrent.futures and joblib have the application's modules, and functions of `__main__`",
  origin: ["Python 3.14, whose default is forkserver", "PyInstaller's multiprocessing.freeze_support"],
  seenFailing: "with the interpreter itself as sys.executable, the workers of joblib did not find joblib",
  async shownBy(place) {
    const artifact = await place.build();
    const kinds = [...METHODS.flatMap((method) => [method, `futures by ${method}`]), "joblib"];
    const expected = Object.fromEntries(kinds.map((kind) => [kind, true]));
    await Promise.all(
      ["script", "module", "file"].map(async (command) => {
        const { status, stdout, stderr } = await start(artifact, [command]);
        assert.deepEqual([status, stderr], [0, ""], command);
        assert.deepEqual(JSON.parse(stdout), expected, command);
      }),
    );
  },
});
