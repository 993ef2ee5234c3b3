import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { test } from "node:test";
import { PACKAGE_ROOT } from "./system/package-root.ts";
import { findUnusedExports, findViolations } from "./testing/architecture.ts";
import { readModules } from "./testing/read-modules.ts";

test("imports go down only, and each folder keeps to what it may touch", () => {
  const modules = readModules(import.meta.dirname);
  // A reader that sees nothing finds nothing wrong.
  assert.ok(modules.length > 120, `only ${modules.length} modules were seen`);
  const imports = modules.flatMap((module) => module.imports);
  assert.ok(imports.length > 400, `only ${imports.length} imports were seen`);
  assert.ok(imports.filter(({ isType }) => isType).length > 80, "type imports were not seen");
  assert.deepEqual(findViolations(modules), []);
});

const PLANTED: [path: string, code: string, violation: string | undefined][] = [
  [
    "artifact/a.ts",
    'import { plan } from "../platforms/p.ts";',
    "artifact/a.ts imports platforms/p.ts: artifact is below platforms",
  ],
  [
    "errors/a.ts",
    'import type { Plan } from "../artifact/plan.ts";',
    "errors/a.ts imports artifact/plan.ts: errors is below artifact",
  ],
  [
    "artifact/b.ts",
    'export { parse } from "../description/d.ts";',
    "artifact/b.ts imports description/d.ts: artifact and description are side by side and may share types only",
  ],
  ["artifact/c.ts", 'import type { D } from "../description/d.ts";', undefined],
  ["artifact/d.ts", 'import { type D, type E } from "../description/d.ts";', undefined],
  [
    "artifact/e.ts",
    'import { type D, parse } from "../description/d.ts";',
    "artifact/e.ts imports description/d.ts: artifact and description are side by side and may share types only",
  ],
  [
    "builder/a.ts",
    'import {\n  one,\n  two,\n} from "../cli/x.ts";',
    "builder/a.ts imports cli/x.ts: builder is below cli",
  ],
  [
    "builder/b.ts",
    'const late = await import("../cli/x.ts");',
    "builder/b.ts imports cli/x.ts: builder is below cli",
  ],
  ["system/a.ts", 'import "../builder/x.ts";', "system/a.ts imports builder/x.ts: system is below builder"],
  [
    "cli/a.ts",
    'import { x } from "../testing/x.ts";',
    "cli/a.ts imports testing/x.ts: only tests use what tests use",
  ],
  [
    "builder/c.ts",
    'import { spawn } from "node:child_process";',
    "builder/c.ts uses node:child_process: only system may",
  ],
  ["builder/d.ts", "const home = process.env.HOME;", "builder/d.ts uses process.env: only cli, index.ts may"],
  ["cli/b.ts", 'console.log("x");', "cli/b.ts uses console: nobody may"],
  ["builder/e.ts", "process.exit(1);", "builder/e.ts uses process.exit: only cli may"],
  ["builder/f.ts", "// process.env is not read here\nconst a = 1;", undefined],
  ["builder/g.test.ts", 'import { x } from "../cli/x.ts";', undefined],
];

for (const [path, code, violation] of PLANTED) {
  test(`${violation ? "catches" : "allows"} ${path}: ${code.split("\n").join(" ")}`, (t) => {
    const directory = mkdtempSync(join(tmpdir(), "holdall-architecture-"));
    t.after(() => rmSync(directory, { recursive: true }));
    mkdirSync(join(directory, dirname(path)), { recursive: true });
    writeFileSync(join(directory, path), code);
    assert.deepEqual(findViolations(readModules(directory)), violation ? [violation] : []);
  });
}

test("catches a command that does what the library cannot", (t) => {
  const directory = mkdtempSync(join(tmpdir(), "holdall-architecture-"));
  t.after(() => rmSync(directory, { recursive: true }));
  mkdirSync(join(directory, "cli"));
  writeFileSync(join(directory, "index.ts"), 'export { a } from "./builder/a.ts";');
  writeFileSync(
    join(directory, "cli/a.ts"),
    [
      'import { a, other, type T } from "../builder/a.ts";',
      'import type { U } from "../builder/t.ts";',
      'const { b: c } = await import("../builder/b.ts");',
    ].join("\n"),
  );
  assert.deepEqual(findViolations(readModules(directory)), [
    "cli/a.ts uses other of builder/a.ts: the library does not export it",
    "cli/a.ts uses b of builder/b.ts: the library does not export it",
  ]);
});

/** Taken by the text of a program that a test starts. */
const TAKEN_BY_PROGRAMS = ["startPlace of src/testing/service-conformance.ts"];

test("what a module exports, another one uses", () => {
  const modules = readModules(PACKAGE_ROOT, "{src,scripts,bench,cases}/**/*.ts");
  const library = "src/index.ts";
  assert.deepEqual(
    findUnusedExports(modules).filter((each) => !each.endsWith(library) && !TAKEN_BY_PROGRAMS.includes(each)),
    [],
  );
});

test("catches an export that nobody uses, however it could be imported", (t) => {
  const directory = mkdtempSync(join(tmpdir(), "holdall-architecture-"));
  t.after(() => rmSync(directory, { recursive: true }));
  const names = ["plain", "renamed", "lazy", "single", "nobody"];
  writeFileSync(join(directory, "a.ts"), names.map((name) => `export const ${name} = 1;`).join("\n"));
  writeFileSync(
    join(directory, "b.ts"),
    [
      'import { plain, renamed as other } from "./a.ts";',
      'const { lazy } = await import("./a.ts");',
      'const one = (await import("./a.ts")).single;',
    ].join("\n"),
  );
  assert.deepEqual(findUnusedExports(readModules(directory)), ["nobody of a.ts"]);
});
