import assert from "node:assert/strict";
import { Writable } from "node:stream";
import { test } from "node:test";
import type { Progress } from "./command.ts";
import { showProgress } from "./show-progress.ts";

const SHOWN: readonly Progress[] = [
  { kind: "step", text: "resolving dependencies" },
  { kind: "detail", text: "Resolved 14\tpackages in no time at all" },
  { kind: "warning", text: "warning: two distributions have the same file" },
  { kind: "step", text: "writing" },
];

const CASES: [where: string, terminal: object, isQuiet: boolean, written: string][] = [
  ["a log", {}, false, "resolving dependencies\nwarning: two distributions have the same file\nwriting\n"],
  [
    "a terminal of 20 columns",
    { isTTY: true, columns: 20 },
    false,
    "\r\u001b[Kresolving dependenc\r\u001b[KResolved 14 package\r\u001b[Kwarning: two distributions have the same file\n\r\u001b[Kwriting\r\u001b[K",
  ],
  ["a log that is to be quiet", {}, true, ""],
  ["a terminal that is to be quiet", { isTTY: true, columns: 20 }, true, ""],
];

for (const [where, terminal, isQuiet, written] of CASES) {
  test(`shows progress on ${where}`, () => {
    const chunks: string[] = [];
    const stream = new Writable({
      write(chunk, _encoding, done) {
        chunks.push(String(chunk));
        done();
      },
    });
    const progress = showProgress(() => Object.assign(stream, terminal), { isQuiet });
    for (const each of SHOWN) progress.show(each);
    progress.clear();
    assert.equal(chunks.join(""), written);
  });
}
