import assert from "node:assert/strict";
import { test } from "node:test";
import { forgeTar } from "../testing/forge-artifact.ts";
import { makeRandom, pick } from "../testing/random.ts";
import { fileEntry } from "../testing/small-artifact.ts";
import { compareBytes } from "./byte-order.ts";
import type { LayerKind } from "./manifest.ts";
import { type LayerEntry, readTar, writeTar } from "./tar.ts";
import { parseTarHeader, renderTarHeader } from "./tar-header.ts";

function tarOf(entries: readonly LayerEntry[], kind: LayerKind = "application"): Buffer {
  return Buffer.concat([...writeTar(entries, kind)].map((piece) => Buffer.from(piece)));
}

test("writes files and links byte for byte as docs/artifact.md has them", () => {
  const entries: LayerEntry[] = [
    fileEntry("app/a", "content"),
    { kind: "link", path: "app/b", target: "a" },
    fileEntry("app/run", "#!/bin/sh\n", { isExecutable: true }),
  ];
  const forged = forgeTar([
    { path: "app/a", content: "content" },
    { path: "app/b", target: "a" },
    { path: "app/run", content: "#!/bin/sh\n", mode: "0000755" },
  ]);
  assert.deepEqual(tarOf(entries), forged);
});

const SPLITS: readonly (readonly [path: string, prefix: string, name: string])[] = [
  [`app/${"n".repeat(96)}`, "", `app/${"n".repeat(96)}`],
  [`app/${"n".repeat(97)}`, "app", "n".repeat(97)],
  [`app/b/c/${"n".repeat(97)}`, "app/b", `c/${"n".repeat(97)}`],
  [`app/${"d".repeat(151)}/${"n".repeat(100)}`, `app/${"d".repeat(151)}`, "n".repeat(100)],
  [`app/${"é".repeat(48)}x/n`, "app", `${"é".repeat(48)}x/n`],
];

for (const [path, prefix, name] of SPLITS) {
  test(`splits a path of ${Buffer.byteLength(path)} bytes in the one place for it`, () => {
    const header = renderTarHeader({ kind: "file", path, size: 0, isExecutable: false });
    assert.equal(header.toString("utf8", 0, 100).replace(/\0+$/, ""), name);
    assert.equal(header.toString("utf8", 345, 500).replace(/\0+$/, ""), prefix);
    assert.equal(parseTarHeader(header).path, path);
  });
}

const UNWRITABLE: readonly (readonly [entries: readonly LayerEntry[], kind: LayerKind, message: string])[] = [
  [
    [fileEntry(`app/${"n".repeat(101)}`, "")],
    "application",
    `path "app/${"n".repeat(96)}..." is too long for a tar header`,
  ],
  [
    [fileEntry(`app/${"d".repeat(152)}/n${"n".repeat(99)}`, "")],
    "application",
    `path "app/${"d".repeat(96)}..." is too long for a tar header`,
  ],
  [
    [{ kind: "link", path: "app/a", target: "t".repeat(101) }],
    "application",
    'link "app/a" has a target longer than 100 bytes',
  ],
  [
    [{ kind: "link", path: "site-packages/a", target: "b" }],
    "distribution",
    'link "site-packages/a" to "b" is in a layer of kind distribution, which has files only',
  ],
  [
    [{ kind: "link", path: "app/__pycache__/a.pyc", target: "b.pyc" }],
    "bytecode",
    'link "app/__pycache__/a.pyc" to "b.pyc" is in a layer of kind bytecode, which has files only',
  ],
  [[fileEntry("app/\ud800", "")], "application", 'path "app/\\ud800" is not Unicode'],
  [
    [fileEntry("data/pyvenv.cfg", "")],
    "distribution",
    'path "data/pyvenv.cfg" belongs to the release itself',
  ],
  [[fileEntry("data/app", "")], "distribution", 'path "data/app" belongs to the release itself'],
  [[fileEntry("data/app/a", "")], "distribution", 'path "data/app/a" belongs to the release itself'],
  [
    [fileEntry("data/bin/python3.11", "")],
    "distribution",
    'path "data/bin/python3.11" belongs to the release itself',
  ],
  [
    [fileEntry("scripts/python3", "")],
    "distribution",
    'path "scripts/python3" is named like the interpreter',
  ],
  [
    [fileEntry("site-packages/__pycache__/a.py", "")],
    "bytecode",
    'path "site-packages/__pycache__/a.py" is not a .pyc file in a directory __pycache__',
  ],
  [
    [fileEntry("site-packages/__pycache__/b/a.pyc", "")],
    "bytecode",
    'path "site-packages/__pycache__/b/a.pyc" is not a .pyc file in a directory __pycache__',
  ],
  [[fileEntry("app/a", ""), fileEntry("app/a", "")], "application", 'path "app/a" is there twice'],
  [
    [{ kind: "file", path: "app/a", isExecutable: false, content: { file: "/nonexistent", size: 0 } }],
    "application",
    'file "app/a" cannot be read: ENOENT',
  ],
  [
    [{ kind: "file", path: "app/a", isExecutable: false, content: { file: import.meta.filename, size: 1 } }],
    "application",
    'file "app/a" changed meanwhile: it had 1 bytes, now SIZE',
  ],
];

for (const [entries, kind, message] of UNWRITABLE) {
  test(`writes no tar where ${message}`, () => {
    assert.throws(
      () => tarOf(entries, kind),
      (error: Error) =>
        error.name === "BrokenRule" && error.message.replace(/now \d+$/, "now SIZE") === message,
    );
  });
}

test("takes scripts and data that only look like an interpreter", () => {
  const paths = [
    "data/bin/python-config",
    "data/etc/pyvenv.cfg",
    "scripts/python-argcomplete",
    "scripts/pythonw",
  ];
  tarOf(
    paths.map((path) => fileEntry(path, "")),
    "distribution",
  );
});

test("takes links that stay inside", () => {
  const links: readonly (readonly [path: string, target: string])[] = [
    ["app/a", "b/c"],
    ["app/d/a", "../b"],
    ["app/d/e/a", ".."],
    ["app/d/e/f", "../../.hidden"],
    ["app/z", "nowhere"],
  ];
  tarOf(links.map(([path, target]) => ({ kind: "link", path, target })));
});

test("reads what it writes, in whatever pieces it comes", async (t) => {
  const random = makeRandom(t);
  const entries = randomEntries(random);
  const tar = tarOf(entries);
  const found: LayerEntry[] = [];
  for await (const part of readTar(inPieces(tar, random), "application")) {
    if (part.kind === "content") {
      const last = found.at(-1);
      assert.ok(last?.kind === "file" && "bytes" in last.content);
      const bytes = Buffer.concat([last.content.bytes, part.bytes]);
      found[found.length - 1] = { ...last, content: { bytes, size: bytes.length } };
    } else if (part.kind === "file") {
      const { kind, path, isExecutable } = part;
      found.push({ kind, path, isExecutable, content: { bytes: Buffer.alloc(0), size: 0 } });
    } else {
      found.push(part);
    }
  }
  assert.deepEqual(found, entries);
});

function randomEntries(random: () => number): readonly LayerEntry[] {
  const parts = ["a", "a-b", "b", "é", "\uffee", "\u{1f600}", "long".repeat(12)] as const;
  const byPath = new Map<string, LayerEntry>();
  for (let count = 0; count < 300; count++) {
    const directories = Array.from({ length: Math.floor(random() * 4) }, () => pick(random, parts));
    const path = ["app", ...directories, `${pick(random, parts)}.txt`].join("/"); // no directory ends in .txt
    const bytes = Buffer.alloc(Math.floor(random() ** 8 * 100_000), count);
    const isExecutable = random() < 0.2;
    const link: LayerEntry = { kind: "link", path, target: pick(random, parts) };
    byPath.set(
      path,
      random() < 0.2 ? link : { kind: "file", path, isExecutable, content: { bytes, size: bytes.length } },
    );
  }
  return [...byPath.values()].sort((a, b) => compareBytes(a.path, b.path));
}

function* inPieces(bytes: Buffer, random: () => number): Generator<Buffer> {
  for (let start = 0; start < bytes.length; ) {
    const end = start + 1 + Math.floor(random() ** 3 * 5000);
    yield bytes.subarray(start, end);
    start = end;
  }
}
