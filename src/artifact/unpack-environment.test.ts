import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { runProcess } from "../system/run-process.ts";
import { makeArtifactToStart } from "../testing/artifact-to-start.ts";
import { runHoldall } from "../testing/run-holdall.ts";
import { makeDirectory } from "../testing/small-artifact.ts";

test("holdall unpack --venv makes a virtual environment, or a part of it", async (t) => {
  const { path, identity, env } = await makeArtifactToStart(t);
  const parent = await makeDirectory(t);
  const venv = join(parent, "shop");
  const answer = await runHoldall(["unpack", "--venv", path, venv, "--json"], { env });
  assert.deepEqual([answer.status, answer.stderr], [0, ""]);
  assert.deepEqual(JSON.parse(answer.stdout), { path: venv, form: "environment", identity });
  const { status } = await runProcess([join(venv, "bin/python"), "-c", "import cart, shop"], { env: {} });
  assert.equal(status, 0);

  const part = join(parent, "part");
  assert.equal(
    (await runHoldall(["unpack", path, part, "--venv", "--only", "application"], { env })).status,
    0,
  );
  assert.deepEqual((await readdir(part)).sort(), ["app", "bin", "lib"]);
});

test("what the program inside refuses is the error; wrong words are refused before", async (t) => {
  const target = { python: { implementation: "cpython", version: "3.99", abi: "cp399" } } as const;
  const { path, env } = await makeArtifactToStart(t, { target });
  const venv = join(await makeDirectory(t), "shop");
  const cases = [
    [["--venv"], "release_failed", `cannot unpack ${path} to ${venv}: it serves Python 3.99; this`],
    [["--only", "application"], "usage_wrong", "cannot unpack: --only application goes with --venv"],
    [
      ["--venv", "--only", "half"],
      "usage_wrong",
      "cannot unpack: --only is half, not dependencies or application",
    ],
  ] as const;
  for (const [words, code, message] of cases) {
    const { stdout } = await runHoldall(["unpack", path, venv, ...words, "--json"], { env });
    const { error } = JSON.parse(stdout);
    assert.equal(error.code, code);
    assert.ok(error.message.startsWith(message), error.message);
    assert.ok(error.hint.length > 0);
    assert.equal(existsSync(venv), false);
  }
});
