import assert from "node:assert/strict";
import { test } from "node:test";
import { parseReply, type Reply } from "./reply.ts";

const CASES: readonly (readonly [text: string, reply: Reply])[] = [
  ["+OK\r\n", Buffer.from("OK")],
  ["-ERR no\r\n", new Error("ERR no")],
  [":-12\r\n", -12],
  ["$5\r\na\r\nb\0\r\n", Buffer.from("a\r\nb\0")],
  ["$0\r\n\r\n", Buffer.from("")],
  ["$-1\r\n", undefined],
  ["*-1\r\n", undefined],
  ["*0\r\n", []],
  ["*3\r\n:1\r\n*1\r\n$1\r\nx\r\n-OOM full\r\n", [1, [Buffer.from("x")], new Error("OOM full")]],
];

test("a reply is read once it is there as a whole, at any place", () => {
  for (const [text, reply] of CASES) {
    const bytes = Buffer.from(`${text}rest`);
    const end = bytes.length - 4;
    assert.deepEqual(parseReply(bytes), { reply, end }, text);
    assert.deepEqual(parseReply(Buffer.concat([Buffer.from("xy"), bytes]), 2), { reply, end: end + 2 }, text);
    for (let length = 0; length < end; length++) {
      const wanted = parseReply(bytes.subarray(0, length));
      assert.ok(typeof wanted === "number" && wanted > length && wanted <= end, `${length} bytes of ${text}`);
    }
  }
});

test("what is no reply is refused", () => {
  const notOurs = "it does not speak the protocol of Redis";
  for (const [text, message] of [
    ["HTTP/1.1 400 Bad Request\r\n", notOurs],
    ["\r\n", notOurs],
    ["$x\r\n", "its reply has no length"],
    ["*99999999999999999999\r\n", "its reply has no length"],
    ["*1\r\n".repeat(9), "its reply is too deep"],
  ] as const)
    assert.throws(() => parseReply(Buffer.from(text)), { message });
});
