import assert from "node:assert/strict";
import { start } from "../../src/testing/artifact-to-start.ts";
import { defineCase } from "../../src/testing/hard-case.ts";

const ZIP = /^python\d+\.zip$/;

/** What docs/starting.md promises for each way of starting, and what virtual environments do; scripts are in `bin`. */
const waysOf = (bin: string): readonly [words: readonly string[], facts: object][] => [
  [["show", "a"], { argv: [`${bin}/show`, "a"], path: bin, spec: null, package: null, file: `${bin}/show` }],
  [
    ["python", "-m", "show", "a"],
    {
      argv: ["app/show.py", "a"],
      path: "the standard library",
      spec: "show",
      package: "",
      file: "app/show.py",
    },
  ],
  [
    ["python", "-m", "shop", "a"],
    {
      ...{ argv: ["app/shop/__main__.py", "a"], path: "the standard library" },
      ...{ spec: "shop.__main__", package: "shop", file: "app/shop/__main__.py" },
    },
  ],
  [
    ["python", "APP/show.py", "a"],
    { argv: ["app/show.py", "a"], path: "app", spec: null, package: null, file: "app/show.py" },
  ],
];

export default defineCase({
  sentence:
    "sys.path[0], sys.argv[0] and `__main__.__spec__` of a script, a module, a package and a file are as documented",
  origin: ["the documentation of Python's -m"],
  seenFailing:
    "without keep_working_directory_out, `python -m show` had the working directory first on sys.path",
  async shownBy(place) {
    const artifact = await place.build();
    const { stdout: release } = await start(artifact, ["--holdall", "path"]);
    // docs/starting.md: where a long path, such as that of the temporary directory here, has no room in a first line.
    const isLong = Buffer.byteLength(`#!${release.trim()}/bin/python`) > 127;
    for (const [words, expected] of waysOf(isLong ? "libexec" : "bin")) {
      const said = words.map((word) => word.replace("APP", `${release.trim()}/app`));
      for (const _ of ["first", "next"]) {
        const { status, stdout, stderr } = await start(artifact, said);
        assert.equal(status, 0, stderr);
        const { path, ...facts } = JSON.parse(stdout);
        const shown = ZIP.test(path.replace(/.*\//, "")) ? "the standard library" : path;
        assert.deepEqual({ ...facts, path: shown }, expected, words.join(" "));
      }
    }
  },
});
