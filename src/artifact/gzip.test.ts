import assert from "node:assert/strict";
import { test } from "node:test";
import { gunzipSync, gzipSync } from "node:zlib";
import { makeRandom } from "../testing/random.ts";
import { gunzip, gzip } from "./gzip.ts";

async function collect(pieces: AsyncIterable<Buffer>): Promise<Buffer> {
  const all: Buffer[] = [];
  for await (const piece of pieces) all.push(piece);
  return Buffer.concat(all);
}

const inflate = (bytes: Buffer, limit: number) =>
  collect(gunzip([bytes], { compressedSize: bytes.length, limit }));

test("what it packs, it and zlib unpack", async (t) => {
  const random = makeRandom(t);
  const bytes = Buffer.from(Array.from({ length: 300_000 }, () => Math.floor(random() * 20)));
  const packed = await collect(gzip([bytes.subarray(0, 1000), bytes.subarray(1000)]));
  assert.deepEqual(gunzipSync(packed), bytes);
  assert.deepEqual(await inflate(packed, bytes.length), bytes);
});

test("parts change nothing of what comes out, whatever the pieces that go in", async (t) => {
  const random = makeRandom(t);
  const words = Array.from({ length: 500 }, () => random().toString(36));
  const bytes = Buffer.from(
    Array.from({ length: 300_000 }, () => words[Math.floor(random() * words.length)]).join(" "),
  );
  const packed = await collect(gzip([bytes]));
  assert.deepEqual(gunzipSync(packed), bytes);
  assert.deepEqual(await inflate(packed, bytes.length), bytes);
  const pieces = [
    bytes.subarray(0, 1_048_576),
    bytes.subarray(1_048_576, 1_500_000),
    bytes.subarray(1_500_000),
  ];
  assert.deepEqual(await collect(gzip(pieces)), packed);
  assert.ok(packed.length < gzipSync(bytes).length * 1.01);
});

const TEXT = Buffer.from("a layer ".repeat(1000));
const GOOD = gzipSync(TEXT);

function change(at: number, value: number): Buffer {
  const changed = Buffer.from(GOOD);
  changed[at < 0 ? GOOD.length + at : at] = value;
  return changed;
}

const PLAIN = "it is not gzip with a plain header";
const END = "it does not end with the length and checksum of what it inflates to";
const REFUSED: readonly (readonly [title: string, bytes: Buffer, message: string])[] = [
  ["nothing", Buffer.alloc(0), PLAIN],
  ["half a header", GOOD.subarray(0, 9), PLAIN],
  ["another magic", change(0, 0), PLAIN],
  ["a header with a name", change(3, 8), PLAIN],
  ["another checksum", change(-8, 1), END],
  ["another length", change(-1, 1), END],
  [
    "a trailer alone",
    Buffer.concat([GOOD.subarray(0, 10), GOOD.subarray(-8)]),
    "its deflated data is broken: unexpected end of file",
  ],
  [
    "data cut off",
    Buffer.concat([GOOD.subarray(0, -12), GOOD.subarray(-8)]),
    "its deflated data is broken: unexpected end of file",
  ],
  ["broken data", change(10, 0xff), "its deflated data is broken: invalid block type"],
  [
    "more after the end",
    Buffer.concat([GOOD, Buffer.from("more")]),
    "it has bytes after the end of its gzip member",
  ],
  ["two members", Buffer.concat([GOOD, GOOD]), "it has bytes after the end of its gzip member"],
];

for (const [title, bytes, message] of REFUSED) {
  test(`refuses ${title}`, async () => {
    await assert.rejects(inflate(bytes, TEXT.length), { name: "BrokenRule", message });
  });
}

test("stops inflating a bomb at its limit", async () => {
  const bomb = gzipSync(Buffer.alloc(64 * 1024 * 1024));
  let size = 0;
  const read = async () => {
    for await (const piece of gunzip([bomb], { compressedSize: bomb.length, limit: 1000 }))
      size += piece.length;
  };
  const message = "it inflates to more than the 1000 bytes that the manifest says";
  await assert.rejects(read, { name: "BrokenRule", message });
  assert.equal(size, 0);
});
