import assert from "node:assert/strict";
import { test } from "node:test";
import { joinArgv, splitArgv } from "./argv.ts";

const SPLIT: [line: string, argv: string[]][] = [
  ["", []],
  ["  ", []],
  ["gunicorn -w 5 shop:app", ["gunicorn", "-w", "5", "shop:app"]],
  ["\tone\n two ", ["one", "two"]],
  ["'a b' \"c d\"", ["a b", "c d"]],
  ["pre'fix 'post\"!\"", ["prefix post!"]],
  ["a '' \"\"", ["a", "", ""]],
  ["a\\ b \\' \\\\", ["a b", "'", "\\"]],
  ['\'a\\b\' "a\\b" "a\\"b" "\\$x" "\\\\"', ["a\\b", "a\\b", 'a"b', "$x", "\\"]],
  ["$HOME | x && y; `z` > f *", ["$HOME", "|", "x", "&&", "y;", "`z`", ">", "f", "*"]],
];

for (const [line, argv] of SPLIT) {
  test(`splits ${JSON.stringify(line)}`, () => assert.deepEqual(splitArgv(line), argv));
}

const REFUSED: [line: string, reason: string, column: number][] = [
  ["a 'b c", "has a ' that is not closed", 2],
  ['say "hi \\"', 'has a " that is not closed', 4],
  ["a \\", "ends in a backslash", 2],
];

for (const [line, reason, column] of REFUSED) {
  test(`refuses ${line}`, () => assert.deepEqual(splitArgv(line), { reason, column }));
}

test("what is joined splits into the same words", () => {
  const words = [
    "",
    " ",
    "'",
    '"',
    "\\",
    "a'b\"c",
    "$x",
    "é",
    "line\nend",
    "{port}",
    "#no",
    "~",
    "a=b",
    "--x",
  ];
  assert.deepEqual(splitArgv(joinArgv(words)), words);
  for (const word of words) assert.deepEqual(splitArgv(joinArgv([word])), [word]);
});
