import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { test } from "node:test";
import { needProgram } from "../testing/needs.ts";
import { makeDirectory, writeSmallArtifact } from "../testing/small-artifact.ts";

/** Readers that nobody here wrote. Each says how it names what is inside. */
const PROGRAMS: readonly (readonly [argv: readonly [string, ...string[]], expected: RegExp])[] = [
  [["unzip", "-t"], /No errors detected/],
  [["python3", "-m", "zipfile", "-t"], /Done testing/],
  [["python3", "-m", "zipfile", "-l"], /^manifest\.json +1980-01-01 00:00:00 /m],
  [["busybox", "unzip", "-l"], / manifest\.json$/m],
];

for (const [argv, expected] of PROGRAMS) {
  test(`${argv.join(" ")} accepts an artifact`, async (t) => {
    const [program, ...args] = argv;
    if (!needProgram(t, program)) return;
    const path = await writeSmallArtifact(await makeDirectory(t));
    const { status, stdout, stderr } = spawnSync(program, [...args, path], { encoding: "utf8" });
    assert.equal(stderr, "");
    assert.equal(status, 0);
    assert.match(stdout, expected);
  });
}

test("python3 runs an artifact", async (t) => {
  if (!needProgram(t, "python3")) return;
  const path = await writeSmallArtifact(await makeDirectory(t));
  const { stdout, status } = spawnSync("python3", ["-B", path], { encoding: "utf8" });
  assert.deepEqual({ stdout, status }, { stdout: "shop\n", status: 0 });
});

test("sh reads the prefix and stops before the archive", async (t) => {
  const path = await writeSmallArtifact(await makeDirectory(t));
  const { stdout, stderr, status } = spawnSync(path, [], { encoding: "utf8" });
  assert.deepEqual({ stdout, stderr, status }, { stdout: "shop\n", stderr: "", status: 0 });
});
