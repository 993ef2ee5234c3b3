import assert from "node:assert/strict";
import { existsSync, globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { SERVICE_TYPES } from "../description/description.ts";
import { findServiceKind } from "./registry.ts";

test("each type of service is that of its kind, and passes the conformance suite", () => {
  const suites = globSync("*/conformance.test.ts", { cwd: import.meta.dirname });
  const judged = suites.map((path) => readFileSync(join(import.meta.dirname, path), "utf8")).join("\n");
  for (const type of SERVICE_TYPES) {
    assert.equal(findServiceKind(type).name, type);
    assert.ok(existsSync(join(import.meta.dirname, type, "service.ts")), `${type} has no folder`);
    const name = `${type.replaceAll(/_(\w)/g, (_, letter: string) => letter.toUpperCase())}Service`;
    assert.match(judged, new RegExp(`\\b${name}\\b`), `no conformance.test.ts has ${name}`);
  }
});

test("a type that another version of holdall has is refused with what there is", () => {
  assert.throws(() => findServiceKind("postgre"), {
    code: "service_not_found",
    message: "cannot supply a service of type postgre: there is no such type",
    hint: "Did you mean postgres?",
  });
  assert.throws(() => findServiceKind("kafka"), { hint: `Use one of ${SERVICE_TYPES.join(", ")}.` });
});
