import assert from "node:assert/strict";
import { test } from "node:test";
import { describe } from "../../description/describe.ts";
import { appFilesOf } from "../../testing/app-files-of.ts";
import type { Interpreter } from "../python/interpreter.ts";
import { makeBuildTarget } from "../target/build-target.ts";
import { checkInside } from "./check-inside.ts";

const INTERPRETER: Interpreter = {
  ...{
    executable: "/usr/bin/python3.11",
    realPath: "/usr/bin/python3.11",
    version: "3.11",
    fullVersion: "3.11.2",
  },
  ...{ build: "3.11.2", implementation: "cpython", abi: "cp311", cacheTag: "cpython-311", magic: "00" },
  ...{ processor: "x86_64", libc: { kind: "glibc", version: "2.36" }, markers: {}, standardModules: [] },
};

test("a Python of this machine goes into targets for machines like this one", async () => {
  const { description } = await describe(appFilesOf({ "holdall.yaml": "name: shop\n" }));
  const own = makeBuildTarget(INTERPRETER, undefined);
  checkInside(description, [own]);
  const foreign = makeBuildTarget(INTERPRETER, { processor: "aarch64", libc: "glibc", ceiling: "2.28" });
  assert.throws(() => checkInside(description, [own, foreign]), {
    code: "interpreter_unusable",
    message: "cannot put a Python inside: this machine has none for cp311 on aarch64 with glibc 2.28",
  });
});
