import assert from "node:assert/strict";
import { test } from "node:test";
import type { Target } from "../../artifact/manifest.ts";
import { SMALL_PLAN } from "../../testing/small-artifact.ts";
import { arrangeTargets, type MadeFor, nameTargets } from "./arrange-targets.ts";

/** `3.11 x86_64 glibc 2.17`, `3.11 any` for aarch64; `layer` tells contents apart. */
function make(words: string, layer = "1", forProcessor = "aarch64"): MadeFor {
  const [version = "", processor = "", kind, floor = ""] = words.split(" ");
  const libc = kind === "glibc" || kind === "musl" ? { libc: { kind, floor } as const } : {};
  const target: Target = {
    python: { implementation: "cpython", version, abi: `cp${version.replace(".", "")}` },
    ...{ processor, ...libc, layers: [`sha256:${layer}`], plan: SMALL_PLAN },
  };
  return { target, machine: { processor: forProcessor, libc: { kind: "glibc", floor: "2.2" } } };
}

const CASES: [title: string, made: MadeFor[], arranged: string[], name: string][] = [
  [
    "Pythons and machines as they were asked for",
    [
      make("3.13 x86_64 glibc 2.17"),
      make("3.13 aarch64 glibc 2.17"),
      make("3.11 x86_64 glibc 2.28"),
      make("3.11 aarch64 glibc 2.17"),
    ],
    [
      "3.13 x86_64 glibc 2.17",
      "3.13 aarch64 glibc 2.17",
      "3.11 x86_64 glibc 2.28",
      "3.11 aarch64 glibc 2.17",
    ],
    "cp313.cp311-x86_64.aarch64",
  ],
  [
    "what is pure is one target",
    [make("3.11 any"), make("3.11 any", "1", "x86_64")],
    ["3.11 any"],
    "cp311-any",
  ],
  [
    "machine code before none",
    [make("3.11 any"), make("3.11 x86_64 glibc 2.17"), make("3.13 any")],
    ["3.11 x86_64 glibc 2.17", "3.11 any", "3.13 any"],
    "cp311.cp313-x86_64.any",
  ],
  [
    "the newer floor of one libc first, the libc that was asked for first before the other",
    [make("3.11 x86_64 musl 1.2"), make("3.11 x86_64 glibc 2.9"), make("3.11 x86_64 glibc 2.17")],
    ["3.11 x86_64 musl 1.2", "3.11 x86_64 glibc 2.17", "3.11 x86_64 glibc 2.9"],
    "cp311-x86_64_musl.x86_64",
  ],
  [
    "what is pure and differs is for its own machines",
    [make("3.11 any", "1", "x86_64"), make("3.11 any", "2", "aarch64")],
    ["3.11 x86_64 glibc 2.2", "3.11 aarch64 glibc 2.2"],
    "cp311-x86_64.aarch64",
  ],
];

for (const [title, made, arranged, name] of CASES) {
  test(title, () => {
    const targets = arrangeTargets(made);
    const words = targets.map(({ python, processor, libc }) =>
      [python.version, processor, ...(libc === undefined ? [] : [libc.kind, libc.floor])].join(" "),
    );
    assert.deepEqual(words, arranged);
    assert.equal(nameTargets(targets), name);
  });
}
