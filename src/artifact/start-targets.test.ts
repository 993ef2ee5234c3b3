import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { test } from "node:test";
import { makeArtifactToStart, PYTHON, start } from "../testing/artifact-to-start.ts";
import { needProgram } from "../testing/needs.ts";
import type { Target } from "./manifest.ts";

/** A target for this Python whose command `which` says its name. */
function name(text: string, rest: Partial<Target> = {}): Partial<Target> {
  const which = { kind: "argv", argv: ["echo", text], help: "", origin: "own" } as const;
  return {
    ...rest,
    plan: { importPath: ["."], scripts: {}, commands: { which }, processes: {}, objects: {} },
  };
}

const ours = (floor: string, kind: "glibc" | "musl" = "glibc") => ({
  processor: PYTHON.processor,
  libc: { kind, floor },
});
const TOO_NEW = name("too new", ours("9.9"));
const NEWER = name("newer", ours("2.17"));
const OLDER = name("older", ours("2.2"));
const OTHER_LIBC = name("other libc", ours("1.2", "musl"));
const OTHER_PROCESSOR = name("other processor", { processor: "riscv64", libc: ours("2.2").libc });
const OTHER_PYTHON = name("other Python", {
  python: { implementation: "cpython", version: "3.99", abi: "cp399" },
});
const PURE = name("pure");

const CASES: [chosen: string, targets: Partial<Target>[]][] = [
  ["newer", [TOO_NEW, NEWER, OLDER, PURE]],
  ["older", [OLDER, NEWER]],
  ["pure", [OTHER_PYTHON, OTHER_PROCESSOR, OTHER_LIBC, TOO_NEW, PURE]],
];

for (const [chosen, [target = {}, ...otherTargets]] of CASES) {
  test(`of ${otherTargets.length + 1} targets the first that fits is started: ${chosen}`, async (t) => {
    const artifact = await makeArtifactToStart(t, { target, otherTargets });
    for (const env of [{}, { HOLDALL_PYTHON: PYTHON.path }]) {
      const { status, stdout, stderr } = await start(artifact, ["which"], { env });
      assert.deepEqual([status, stdout], [0, `${chosen}\n`], stderr);
    }
  });
}

for (const shell of [["sh"], ["dash"], ["bash", "--posix"], ["busybox", "ash"], ["ksh"], ["mksh"]] as const) {
  test(`a host that no target fits is told what the file serves and what it is, by ${shell.join(" ")}`, async (t) => {
    if (!needProgram(t, shell[0])) return;
    const otherTargets = [OTHER_LIBC, OTHER_PROCESSOR, OTHER_PYTHON];
    const artifact = await makeArtifactToStart(t, { target: TOO_NEW, otherTargets });
    const { status, stderr } = await start(artifact, ["which"], { by: shell });
    const libc = execFileSync("getconf", ["GNU_LIBC_VERSION"], { encoding: "utf8" }).trim();
    const { processor, version } = PYTHON;
    const serves = [
      `Python ${version} on ${processor} with glibc 9.9 or newer, or on ${processor} with musl 1.2 or newer`,
      "or on riscv64 with glibc 2.2 or newer",
      "or Python 3.99",
    ];
    const sentence = `cannot start shop 1.0: it serves ${serves.join(", ")}; this host is ${processor} with ${libc} and has /`;
    assert.ok(stderr.startsWith(sentence), stderr);
    assert.equal(status, 1);
  });
}
