import assert from "node:assert/strict";
import { test } from "node:test";
import { type Paint, plainPaint } from "../paint.ts";
import { renderForeignLine } from "./foreign-line.ts";

const coloured: Paint = (_format, text) => `<${text}>`;
const [ESC, BEL] = ["\u001b", "\u0007"];

const LINES: readonly [what: string, line: string, shown: string][] = [
  ["text", "a\tb ü 木 [31m", "a\tb ü 木 [31m"],
  ["clearing the screen", `${ESC}[2J${ESC}[Hcleared`, "cleared"],
  ["another screen, a question to the terminal, a reset", `${ESC}[?1049h${ESC}[6n${ESC}c${ESC}(0on`, "on"],
  ["a title and the clipboard", `${ESC}]0;title${BEL}one ${ESC}]52;c;aGk=${ESC}\\two`, "one two"],
  ["a string without an end", `before${ESC}]0;title`, "before"],
  ["a progress bar", "\r10 %\r50 %\r100 %\r", "100 %"],
  ["NUL, backspaces, C1", "a\0b\b\u009bc", "a\ufffdb\ufffd\ufffdc"],
  ["the beginning of a sequence", `end${ESC}`, "end"],
];
for (const [what, line, shown] of LINES) {
  test(`shows ${what}`, () => {
    assert.equal(renderForeignLine(line, plainPaint), shown);
    assert.equal(renderForeignLine(line, coloured), shown);
  });
}

test("colours stay where there are any, and end with the line", () => {
  const line = `${ESC}[1;31mred${ESC}[K`;
  assert.equal(renderForeignLine(line, coloured), `${ESC}[1;31mred${ESC}[0m`);
  assert.equal(renderForeignLine(line, plainPaint), "red");
});
