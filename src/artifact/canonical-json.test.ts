import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { test } from "node:test";
import { needProgram } from "../testing/needs.ts";
import { makeRandom, pick } from "../testing/random.ts";
import { checkCanonical, parseJson, renderCanonicalJson } from "./canonical-json.ts";

const SAMPLES: readonly (readonly [value: unknown, text: string])[] = [
  [null, "null"],
  [[true, false], "[true,false]"],
  [-0, "0"],
  [2 ** 53 - 1, "9007199254740991"],
  [{ b: 1, a: { d: 2, c: 3 } }, '{"a":{"c":3,"d":2},"b":1}'],
  [{ "10": 1, "9": 2 }, '{"10":1,"9":2}'],
  [{ "\u{1f600}": 1, "\uffee": 2 }, '{"\uffee":2,"\u{1f600}":1}'],
  [{ a: undefined, b: 1 }, '{"b":1}'],
  ['"\\\b\f\n\r\t/', '"\\"\\\\\\b\\f\\n\\r\\t/"'],
  ["\u0000\u001f\u007f\u2028é", '"\\u0000\\u001f\u007f\u2028é"'],
];

for (const [value, text] of SAMPLES) {
  test(`writes ${text}`, () => assert.equal(renderCanonicalJson(value), text));
}

const WITHOUT_TEXT: readonly (readonly [value: unknown, message: string])[] = [
  [0.5, "manifest has 0.5, which is no integer below 2^53"],
  [2 ** 53, "manifest has 9007199254740992, which is no integer below 2^53"],
  [Number.NaN, "manifest has NaN, which is no integer below 2^53"],
  ["\ud800", "manifest has half of a surrogate pair in a text"],
  [{ "\n": 1 }, 'manifest has the key "\\n", with an escape'],
  [{ '"': 1 }, 'manifest has the key "\\"", with an escape'],
  [{ "\udc00": 1 }, "manifest has half of a surrogate pair in a text"],
  [[undefined], "manifest has a value of type undefined"],
];

for (const [value, message] of WITHOUT_TEXT) {
  test(`refuses to write what has no text: ${message}`, () => {
    assert.throws(() => renderCanonicalJson(value), { name: "BrokenRule", message });
  });
}

const NOT_CANONICAL = [
  ' {"a":1}',
  '{"a":1}\n',
  '{"a": 1}',
  '{"b":1,"a":1}',
  '{"a":1,"a":1}',
  "[1.0]",
  "[1e2]",
  "[-0]",
  '["\\u0041"]',
  '["\\/"]',
  '["\\u001F"]',
  '["\\u000a"]',
];

for (const text of NOT_CANONICAL) {
  test(`refuses another text of a value: ${JSON.stringify(text)}`, () => {
    const bytes = Buffer.from(text);
    const message = "manifest is JSON, but not in canonical form";
    assert.throws(() => checkCanonical(parseJson(bytes), bytes), { name: "BrokenRule", message });
  });
}

const JSON_WITHOUT_TEXT: readonly (readonly [text: string, message: string])[] = [
  ['["\\ud800"]', "manifest has half of a surrogate pair in a text"],
  ["[9007199254740993]", "manifest has 9007199254740992, which is no integer below 2^53"],
  ["[0.5]", "manifest has 0.5, which is no integer below 2^53"],
  ["[1e999]", "manifest has Infinity, which is no integer below 2^53"],
];

for (const [text, message] of JSON_WITHOUT_TEXT) {
  test(`refuses JSON that has no canonical text: ${text}`, () => {
    const bytes = Buffer.from(text);
    assert.throws(() => checkCanonical(parseJson(bytes), bytes), { name: "BrokenRule", message });
  });
}

for (const bytes of [
  Buffer.from("\ufeff{}"),
  Buffer.from([0x22, 0xff, 0x22]),
  Buffer.from("{"),
  Buffer.alloc(0),
]) {
  test(`refuses what is not JSON in UTF-8: ${bytes.toString("hex")}`, () => {
    assert.throws(() => parseJson(bytes), { name: "BrokenRule", message: "manifest is not JSON in UTF-8" });
  });
}

test("reads what it writes, which is what Python writes", (t) => {
  const random = makeRandom(t);
  const value = Array.from({ length: 200 }, () => randomJson(random, 4));
  const text = renderCanonicalJson(value);
  const bytes = Buffer.from(text);
  checkCanonical(parseJson(bytes), bytes);
  assert.deepEqual(parseJson(bytes), value);
  if (!needProgram(t, "python3")) return;
  const program =
    "import json,sys;v=json.loads(sys.stdin.buffer.read());" +
    "sys.stdout.buffer.write(json.dumps(v,sort_keys=True,separators=(',',':'),ensure_ascii=False).encode())";
  assert.deepEqual(spawnSync("python3", ["-c", program], { input: bytes }).stdout.toString(), text);
});

function randomJson(random: () => number, depth: number): unknown {
  const kind = pick(random, ["text", "number", "list", "object", "null"] as const);
  if (kind === "text" || (depth === 0 && kind !== "number")) return randomText(random);
  if (kind === "number") return Math.floor((random() - 0.5) * 2 ** 50);
  if (kind === "null") return null;
  const items = Array.from({ length: Math.floor(random() * 5) }, () => randomJson(random, depth - 1));
  return kind === "list" ? items : Object.fromEntries(items.map((item) => [randomKey(random), item]));
}

const randomKey = (random: () => number) => randomText(random).replaceAll(/["\\\p{Cc}]/gu, "");

function randomText(random: () => number): string {
  const letters = [
    "a",
    "B",
    "0",
    '"',
    "\\",
    "\n",
    "\u0001",
    "\u007f",
    "é",
    "\u2028",
    "\uffee",
    "\u{1f600}",
  ] as const;
  return Array.from({ length: Math.floor(random() * 6) }, () => pick(random, letters)).join("");
}
