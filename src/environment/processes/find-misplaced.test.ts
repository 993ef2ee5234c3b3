import assert from "node:assert/strict";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { makeDirectory } from "../../testing/small-artifact.ts";
import { findMisplaced } from "./find-misplaced.ts";

const CASES: readonly (readonly [line: string, found: string | undefined])[] = [
  ["RuntimeError: Directory 'static' does not exist", "static"],
  ["FileNotFoundError: [Errno 2] No such file or directory: 'conf/shop.toml'", "conf/shop.toml"],
  ["FAILED: No config file 'alembic.ini' found, or file has no '[alembic]' section", "alembic.ini"],
  ['jinja2.exceptions.TemplateNotFound: "page.html" not found', undefined],
  ["RuntimeError: Directory 'both' does not exist", undefined],
  ["RuntimeError: Directory 'static' is empty", undefined],
  ["No such file or directory: '../app/static'", undefined],
  ["No such file or directory: '/static'", undefined],
  ["No such file or directory: ''", undefined],
];

test("what a program misses and the application has is found in its last words", async (t) => {
  const base = await makeDirectory(t);
  const [app, cwd] = [join(base, "app"), join(base, "data")];
  for (const path of ["app/static", "app/conf", "app/both", "data/both"])
    mkdirSync(join(base, path), { recursive: true });
  for (const path of ["conf/shop.toml", "alembic.ini"]) writeFileSync(join(app, path), "");
  for (const [line, found] of CASES) {
    assert.equal(findMisplaced(["Traceback", line, "sys.exit(1)"], { app, cwd }), found, line);
    assert.equal(findMisplaced([line], { app, cwd: app }), undefined);
  }
});
