import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { EXIT_CODES } from "./errors/app-error.ts";
import { PACKAGE_ROOT } from "./system/package-root.ts";
import { readModules } from "./testing/read-modules.ts";

test("docs/errors.md explains each code of the table, and no other, in alphabetical order", () => {
  const document = readFileSync(join(PACKAGE_ROOT, "docs/errors.md"), "utf8");
  const explained = [...document.matchAll(/^## (\S+)$/gm)].map(([, code]) => code);
  assert.deepEqual(explained, Object.keys(EXIT_CODES).toSorted());
});

test("each code of the table is thrown somewhere", () => {
  const modules = readModules(import.meta.dirname).filter(({ path }) => !path.endsWith(".test.ts"));
  const code = modules.filter(({ path }) => path !== "errors/app-error.ts").map((module) => module.code);
  const unused = Object.keys(EXIT_CODES).filter((each) => !code.some((text) => text.includes(`"${each}"`)));
  assert.deepEqual(unused, []);
});
