import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { describe, test } from "node:test";
import { PACKAGE_ROOT } from "./system/package-root.ts";
import { openCasePlace } from "./testing/case-place.ts";
import { assertGolden } from "./testing/golden.ts";
import { readCases } from "./testing/hard-case.ts";
import { renderCases } from "./testing/render-cases.ts";

const cases = await readCases();

describe("hard cases", { concurrency: availableParallelism() }, () => {
  for (const { number, sentence, directory, shownBy } of cases) {
    if (shownBy === undefined) continue;
    test(`${number}. ${sentence}`, async (t) => shownBy(await openCasePlace(t, directory), t));
  }
});

test("each case says all of itself, and what shows it elsewhere is there", () => {
  for (const { folder, sentence, origin, seenFailing, refusal = "none", shownBy, elsewhere } of cases) {
    for (const text of [sentence, seenFailing, refusal, origin.join(), ...origin]) {
      assert.notEqual(text.trim(), "", `${folder}: a field is empty`);
    }
    assert.ok(shownBy ?? elsewhere?.length, `${folder}: nothing shows it`);
    elsewhere?.forEach(checkReference);
  }
});

test("docs/hard-cases.md lists each case with what becomes of it", () => {
  assert.equal(new Set(cases.map(({ number }) => number)).size, cases.length, "a number is there twice");
  assertGolden(join(PACKAGE_ROOT, "docs/hard-cases.md"), renderCases(cases));
});

/** `FILE` or `FILE: NAME`; of a name that is made by a table, the part before the first `${`. */
function checkReference(reference: string): void {
  const [, file = "", name = ""] = /^([^:]+)(?:: (.+))?$/s.exec(reference) ?? [];
  const path = join(PACKAGE_ROOT, file);
  assert.ok(existsSync(path), `${file} is not there`);
  assert.ok(readFileSync(path, "utf8").includes(name), `${file} has no test named ${name}`);
}
