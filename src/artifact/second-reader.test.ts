import assert from "node:assert/strict";
import { readFile, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { test } from "node:test";
import { PACKAGE_ROOT } from "../system/package-root.ts";
import { runProcess } from "../system/run-process.ts";
import { takeApart } from "../testing/forge-artifact.ts";
import { HOSTILE } from "../testing/hostile-artifacts.ts";
import { makeDirectory, writeSmallArtifact } from "../testing/small-artifact.ts";

// docs/read_artifact.py was written from docs/artifact.md alone, by somebody who had not seen our readers. It shows that
// the page is enough, and that sixty lines go a long way.
const READER = join(PACKAGE_ROOT, "docs/read_artifact.py");

/** What sixty lines leave unchecked; docs/artifact.md says so. */
const LEFT_OUT = [
  "a Python inside for any processor",
  "a Python inside for some of its targets",
  "a key of the description with a line end",
  "a layer of another kind than its paths say",
  "a link in a layer of bytecode",
  "a manifest with an unknown key",
  "a system package that is an option of its package manager",
  "paths of two layers below one another",
];

/** Answers each path on standard input with a line. Its own program stops at the first file that it refuses. */
const READ_EACH = `
import sys
sys.path.insert(0, sys.argv[1])
import read_artifact
for path in sys.stdin.read().splitlines():
    try:
        read_artifact.read_artifact(memoryview(open(path, "rb").read()))
        print("accepted")
    except Exception as error:
        print("refused", ascii(error))
`;

test("the second reader has at most sixty lines", async () => {
  const lines = (await readFile(READER, "utf8")).trimEnd().split("\n");
  assert.ok(lines.length <= 60, `it has ${lines.length}`);
  assert.ok(lines.every((line) => line.length <= 110));
});

test("the second reader lists a good artifact and refuses a bad one", async (t) => {
  const directory = await makeDirectory(t);
  const good = await writeSmallArtifact(directory);
  const bad = join(directory, "bad.holdall");
  await writeFile(bad, "#!/bin/sh\nexit\n");
  const { status, stdout } = await runPython([READER, good, bad]);
  for (const word of ['"shop"', '"cart"', '"2.1"', '"cp311"', `refused ${bad}`]) {
    assert.ok(stdout.includes(word), stdout);
  }
  assert.equal(status, 1);
});

test("the second reader refuses each hostile artifact but those that it leaves out", async (t) => {
  const directory = await makeDirectory(t);
  const path = await writeSmallArtifact(directory);
  const [good, parts] = [await readFile(path), await takeApart(path)];
  const paths = await Promise.all(
    HOSTILE.map(async ([, forge], index) => {
      const forged = join(directory, `${index}.holdall`);
      await writeFile(forged, forge(good, parts));
      return forged;
    }),
  );
  const { status, stdout, stderr } = await runPython(["-c", READ_EACH, dirname(READER)], paths.join("\n"));
  assert.equal(status, 0, stderr);
  const answers = stdout.trimEnd().split("\n");
  assert.equal(answers.length, HOSTILE.length);
  const accepted = HOSTILE.map(([title]) => title).filter((_, index) => answers[index] === "accepted");
  assert.deepEqual(accepted.toSorted(), LEFT_OUT.toSorted());
});

function runPython(words: readonly string[], input = "") {
  return runProcess(["python3", "-I", "-B", ...words], { env: { PATH: process.env["PATH"] }, input });
}
