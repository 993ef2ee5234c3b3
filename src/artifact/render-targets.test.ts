import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import { PACKAGE_ROOT } from "../system/package-root.ts";
import { runProcess } from "../system/run-process.ts";
import type { Target } from "./manifest.ts";
import { renderTargets } from "./render-targets.ts";

type Served = Pick<Target, "python" | "processor" | "libc">;

/** `cp313t aarch64 glibc 2.28`, `cp311 any`. */
function parseServed(words: string): Served {
  const [abi = "", processor = "", kind, floor = ""] = words.split(" ");
  const version = abi.replace(/^cp3(\d+)t?$/, "3.$1");
  const libc = kind === "glibc" || kind === "musl" ? { libc: { kind, floor } as const } : {};
  return { python: { implementation: "cpython", version, abi }, processor, ...libc };
}

/** Each Python on each machine. */
function cross(abis: readonly string[], places: readonly string[]): string[] {
  return abis.flatMap((abi) => places.map((place) => `${abi} ${place}`));
}

const EIGHT = cross(["cp310", "cp312", "cp313", "cp314"], ["x86_64 glibc 2.27", "aarch64 glibc 2.27"]);

const CASES: [targets: readonly string[], text: string][] = [
  [["cp311 any"], "Python 3.11"],
  [["cp313t x86_64 glibc 2.17"], "Python 3.13 (cp313t) on x86_64 with glibc 2.17 or newer"],
  [cross(["cp311", "cp313"], ["any"]), "Python 3.11 or 3.13"],
  [EIGHT, "Python 3.10, 3.12, 3.13 or 3.14 on x86_64 or aarch64 with glibc 2.27 or newer"],
  [
    cross(["cp313", "cp311"], ["x86_64 glibc 2.17", "x86_64 musl 1.2", "aarch64 glibc 2.17"]),
    "Python 3.13 or 3.11 on x86_64 or aarch64 with glibc 2.17 or newer, or on x86_64 with musl 1.2 or newer",
  ],
  [
    [
      ...cross(["cp311"], ["x86_64 glibc 2.17", "aarch64 glibc 2.28"]),
      "cp313 x86_64 glibc 2.17",
      "cp314 any",
    ],
    "Python 3.11 on x86_64 with glibc 2.17 or newer, or on aarch64 with glibc 2.28 or newer, or Python 3.13 on x86_64 with glibc 2.17 or newer, or Python 3.14",
  ],
  // Where all machines will do, those with machine code of their own are not worth a word.
  [["cp311 x86_64 glibc 2.17", "cp311 any"], "Python 3.11"],
];

test("targets are told in one clause, by the builder and by the artifact in the same words", async () => {
  const targets = CASES.map(([words]) => words.map(parseServed));
  assert.deepEqual(
    targets.map(renderTargets),
    CASES.map(([, text]) => text),
  );
  const code = "import json, sys; from holdall_support.targets import render_targets as r";
  const { status, stdout, stderr } = await runProcess(
    ["python3", "-c", `${code}\nprint(json.dumps([r(targets) for targets in json.load(sys.stdin)]))`],
    {
      env: { ...process.env, PYTHONPATH: join(PACKAGE_ROOT, "support/python"), PYTHONDONTWRITEBYTECODE: "1" },
      input: JSON.stringify(targets),
    },
  );
  assert.equal(status, 0, stderr);
  assert.deepEqual(
    JSON.parse(stdout),
    CASES.map(([, text]) => text),
  );
});
