import assert from "node:assert/strict";
import { test } from "node:test";
import { smallElf } from "../../testing/small-elf.ts";
import { type Elf, parseElf } from "./elf.ts";
import { machineOf, newestVersion } from "./libc-floor.ts";

const CASES: [name: string, bytes: Buffer, expected: Pick<Elf, "processor" | "glibc"> | undefined][] = [
  ["x86_64", smallElf(), { processor: "x86_64", glibc: ["2.17", "2.3.4"] }],
  ["aarch64", smallElf({ machine: 183 }), { processor: "aarch64", glibc: ["2.17", "2.3.4"] }],
  ["i686", smallElf({ machine: 3, is64: false }), { processor: "i686", glibc: ["2.17", "2.3.4"] }],
  ["s390x", smallElf({ machine: 22, isLittle: false }), { processor: "s390x", glibc: ["2.17", "2.3.4"] }],
  ["an unknown processor", smallElf({ machine: 999 }), { processor: "999", glibc: ["2.17", "2.3.4"] }],
  [
    "other libraries and names",
    smallElf({ versions: ["GLIBCXX_3.4", "GLIBC_PRIVATE", "GLIBC_ABI_DT_RELR"] }),
    { processor: "x86_64", glibc: ["2.36"] },
  ],
  ["a file that is cut short", smallElf().subarray(0, 600), { processor: "x86_64", glibc: [] }],
  ["a text", Buffer.from("#!/bin/sh\n".repeat(10)), undefined],
  ["nothing", Buffer.alloc(0), undefined],
];

for (const [name, bytes, expected] of CASES) {
  test(`reads ${name}`, () => {
    assert.deepEqual(parseElf(bytes), expected && { needed: [], searchPath: [], ...expected });
  });
}

test("versions are compared by their numbers", () => {
  assert.equal(newestVersion(["2.9", "2.17", "2.3.4"]), "2.17");
  assert.equal(newestVersion([]), undefined);
});

test("machine code of any layer makes a target one of its processor", () => {
  const machine = { processor: "x86_64", libc: "glibc" } as const;
  const pure = { isNative: false, floor: undefined };
  assert.deepEqual(machineOf([pure], machine), { processor: "any" });
  const layers = [pure, { isNative: true, floor: "2.3.4" }, { isNative: true, floor: "2.14" }];
  assert.deepEqual(machineOf(layers, machine), {
    processor: "x86_64",
    libc: { kind: "glibc", floor: "2.14" },
  });
  const musl = { processor: "x86_64", libc: "musl" } as const;
  assert.deepEqual(machineOf([{ isNative: true, floor: undefined }], musl).libc, {
    kind: "musl",
    floor: "1.2",
  });
});
