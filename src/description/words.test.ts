import assert from "node:assert/strict";
import { test } from "node:test";
import { plannedWord, writtenWord } from "./words.ts";

const WORDS: [written: string, planned: string][] = [
  ["--bind={host}:{port}", "--bind={host}:{port}"],
  ["{app}/data", "{app}/data"],
  ['{"a": {"b": 1}}', '{{"a": {{"b": 1}}}}'],
  ["{name}", "{{name}}"],
  ["{{port}}", "{{port}}"],
  ["{{name}}", "{{{{name}}}}"],
  ["{", "{{"],
  ["{{port}", "{{{port}"],
  ["{port}}", "{port}}}"],
  ["{{{port}}}", "{{{{port}}}}"],
];

for (const [written, planned] of WORDS) {
  test(`${written} is ${planned} in a plan, and back`, () => {
    assert.equal(plannedWord(written), planned);
    assert.equal(writtenWord(planned), written);
  });
}
