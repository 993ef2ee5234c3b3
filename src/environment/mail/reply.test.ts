import assert from "node:assert/strict";
import { test } from "node:test";
import { decideReply, decideWorst, type MailEnd, type MailReply } from "./reply.ts";

const END: MailEnd = { status: 0, signal: undefined, isCut: false, lastLine: undefined };
const PUT_OFF = "451 The application cannot take the message now, try again later";

const CASES: readonly [what: string, end: Partial<MailEnd>, reply: string][] = [
  ["it was taken", {}, "250 The application has taken the message"],
  [
    "what was said aside is not for the sender",
    { lastLine: "slow" },
    "250 The application has taken the message",
  ],
  ["EX_TEMPFAIL", { status: 75, lastLine: "database is locked" }, PUT_OFF],
  ["a signal", { status: undefined, signal: "SIGSEGV" }, PUT_OFF],
  ["it was ended", { isCut: true }, PUT_OFF],
  ["EX_NOUSER", { status: 67 }, "550 There is no such recipient"],
  ["EX_NOUSER with a reason", { status: 67, lastLine: "nobody is called bob" }, "550 nobody is called bob"],
  ["another status", { status: 1 }, "554 The application refuses the message"],
  ["another status with a reason", { status: 1, lastLine: "KeyError: 'x'" }, "554 KeyError: 'x'"],
  ["a reason that would be more replies", { status: 2, lastLine: "a\r\n250 ok\u2028é" }, "554 a?250 ok?"],
  ["a reason without an end", { status: 2, lastLine: "x".repeat(9999) }, `554 ${"x".repeat(300)}`],
  ["a reason of spaces", { status: 2, lastLine: "  " }, "554 The application refuses the message"],
];

for (const [what, end, expected] of CASES) {
  test(`the reply when ${what}`, () => {
    const { code, text } = decideReply({ ...END, ...end });
    assert.equal(`${code} ${text}`, expected);
  });
}

test("one reply for several recipients loses no mail", () => {
  const worst = (...codes: MailReply["code"][]) =>
    decideWorst(codes.map((code) => ({ code, text: "" }))).code;
  assert.deepEqual(
    [worst(250, 250), worst(250, 554, 250), worst(550, 250, 451), worst(452, 554)],
    [250, 554, 451, 452],
  );
});
