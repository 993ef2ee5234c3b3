import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { runProcess } from "../../system/run-process.ts";
import { assertGolden } from "../../testing/golden.ts";
import { needProgram } from "../../testing/needs.ts";
import { runHoldall } from "../../testing/run-holdall.ts";

const GOLDEN = join(import.meta.dirname, "golden");

for (const shell of ["bash", "zsh", "fish"]) {
  test(`prints the script for ${shell} as recorded`, async () => {
    const { stdout } = await runHoldall(["completion", shell]);
    assertGolden(join(GOLDEN, `holdall.${shell}`), stdout);
  });

  test(`${shell} reads its script without a complaint`, async (t) => {
    if (!needProgram(t, shell)) return;
    const script = join(GOLDEN, `holdall.${shell}`);
    const { status, stdout, stderr } = await runProcess([shell, "-n", script], { env: process.env });
    assert.deepEqual({ status, stdout, stderr }, { status: 0, stdout: "", stderr: "" });
  });
}

const TYPED: [words: string[], offered: string[]][] = [
  [["holdall", "bu"], ["build"]],
  [["holdall", "--js"], ["--json"]],
  [["holdall", "build", "--out"], ["--output"]],
  [
    ["holdall", "build", "--output", "ap"],
    ["app", "app.holdall"],
  ],
  [["holdall", "build", "ap"], ["app"]],
  [
    ["holdall", "inspect", "ap"],
    ["app", "app.holdall"],
  ],
  [["holdall", "unpack", "app."], ["app.holdall"]],
  [
    ["holdall", "completion", ""],
    ["bash", "fish", "zsh"],
  ],
  [["holdall", "help", "insp"], ["inspect"]],
  [["holdall", "--quiet", "bu"], ["build"]],
];

for (const [words, offered] of TYPED) {
  test(`bash offers ${offered.join(", ")} for ${words.join(" ")}`, async (t) => {
    const directory = await mkdtemp(join(tmpdir(), "holdall-completion-"));
    t.after(() => rm(directory, { recursive: true }));
    await runProcess(["mkdir", join(directory, "app")], { env: process.env });
    await writeFile(join(directory, "app.holdall"), "");
    const program = `source "$1"; shift; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _holdall; printf '%s\\n' "\${COMPREPLY[@]}"`;
    const argv = ["bash", "-c", program, "bash", join(GOLDEN, "holdall.bash"), ...words];
    const { stdout, stderr } = await runProcess(argv, { env: process.env, cwd: directory });
    assert.deepEqual({ offered: stdout.trim().split("\n").toSorted(), stderr }, { offered, stderr: "" });
  });
}
