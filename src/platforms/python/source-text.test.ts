import assert from "node:assert/strict";
import { test } from "node:test";
import { codeOf, withoutComments } from "./source-text.ts";

const CASES: [source: string, code: string, commentless: string][] = [
  ["a = 1  # b = 2", "a = 1  ", "a = 1  "],
  ["a = '#' # b", 'a = "" ', "a = '#' "],
  [`a = "it's" + b`, `a = "" + b`, `a = "it's" + b`],
  ['"""\napp = 1\n"""\nb', '""\n\n\nb', '"""\napp = 1\n"""\nb'],
  ["'''a\\'''b'''c", '""c', "'''a\\'''b'''c"],
  ["f(rb'x', u\"y\")", 'f("", "")', "f(rb'x', u\"y\")"],
  ["'open\napp = 1", '""\napp = 1', "'open\napp = 1"],
  ['"""open\napp = 1', '""\n', '"""open\napp = 1'],
];

for (const [source, code, commentless] of CASES) {
  test(`leaves the code of ${JSON.stringify(source)}`, () => {
    assert.equal(codeOf(source), code);
    assert.equal(withoutComments(source), commentless);
  });
}
