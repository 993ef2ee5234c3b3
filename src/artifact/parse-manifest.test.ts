import assert from "node:assert/strict";
import { test } from "node:test";
import type { Forged } from "../testing/forge-artifact.ts";
import { SMALL_PLAN } from "../testing/small-artifact.ts";
import type { Manifest } from "./manifest.ts";
import { parseManifest, renderManifest } from "./parse-manifest.ts";

const APP = "a".repeat(64);
const CODE = "c".repeat(64);

function goodManifest(): Manifest {
  const transport = { encoding: "gzip", sha256: "b".repeat(64), size: 10 } as const;
  const { encoding: _, ...content } = transport;
  const layer = { name: "shop", version: "1.0", size: 1024, files: 0, transport };
  const python = { implementation: "cpython", version: "3.13", abi: "cp313t" } as const;
  const layers = [`sha256:${APP}`, `sha256:${CODE}`] as const;
  return {
    format: 1,
    holdall: "0.1.0",
    name: "shop",
    version: "1!2.0+local",
    description: { name: "shop", constructor: { toString: ["of any form"] } },
    prefix: content,
    members: {
      "__main__.py": content,
      constructor: content,
      [`layers/${APP}.tar.gz`]: content,
      [`layers/${CODE}.tar.gz`]: content,
    },
    layers: {
      [`sha256:${APP}`]: { kind: "application" as const, ...layer },
      [`sha256:${CODE}`]: { kind: "bytecode" as const, ...layer, of: layers[0] },
    },
    targets: [
      { python, processor: "x86_64", libc: { kind: "glibc", floor: "2.17" }, layers, plan: SMALL_PLAN },
      { python, processor: "any", layers, plan: SMALL_PLAN },
    ],
  };
}

test("reads what it renders, names of JavaScript's own included", () => {
  const manifest = goodManifest();
  assert.deepEqual(parseManifest(renderManifest(manifest)), manifest);
});

test("keeps a key named __proto__ a key", () => {
  const manifest = goodManifest();
  const members = JSON.parse(`{"__proto__":${JSON.stringify(manifest.prefix)}}`);
  const bytes = renderManifest({
    ...manifest,
    layers: {},
    members,
    targets: manifest.targets.map((one) => ({ ...one, layers: [] })),
  });
  assert.deepEqual(Object.keys(parseManifest(bytes).members), ["__proto__"]);
});

const WORD = "64 lower-case hexadecimal digits";
const VERSION = "1 to 64 characters of A-Z a-z 0-9 . _ + ! -";
const LAYER = `manifest.layers["sha256:${APP}"]`;
const LONG = "l".repeat(65);

const REFUSED: readonly (readonly [change: (manifest: Forged) => unknown, message: string])[] = [
  [(m) => Object.assign(m, { format: true }), "manifest.format is true, not 1"],
  [(m) => delete m.format, 'manifest lacks the key "format"'],
  [(m) => delete m.targets, 'manifest lacks the key "targets"'],
  [(m) => Object.assign(m, { signed: 1 }), 'manifest has the unknown key "signed"'],
  [(m) => Object.assign(m, { holdall: "" }), `manifest.holdall is "", not ${VERSION}`],
  [
    (m) => Object.assign(m, { name: "../etc" }),
    'manifest.name is "../etc", not a name of a-z 0-9 with - between, at most 40 long',
  ],
  [
    (m) => Object.assign(m, { name: "a--b" }),
    'manifest.name is "a--b", not a name of a-z 0-9 with - between, at most 40 long',
  ],
  [
    (m) => Object.assign(m, { name: "n".repeat(41) }),
    `manifest.name is "${"n".repeat(41)}", not a name of a-z 0-9 with - between, at most 40 long`,
  ],
  [(m) => Object.assign(m, { version: "1.0'; evil" }), `manifest.version is "1.0'; evil", not ${VERSION}`],
  [(m) => Object.assign(m, { version: "1.0\n" }), `manifest.version is "1.0\\n", not ${VERSION}`],
  [(m) => Object.assign(m, { version: LONG }), `manifest.version is "${LONG}", not ${VERSION}`],
  [(m) => Object.assign(m, { description: [] }), "manifest.description is [], not an object"],
  [(m) => Object.assign(m, { description: null }), "manifest.description is null, not an object"],
  [
    (m) => Object.assign(m.prefix, { sha256: "A".repeat(64) }),
    `manifest.prefix.sha256 is "${"A".repeat(64)}", not ${WORD}`,
  ],
  [
    (m) => Object.assign(m.prefix, { size: -1 }),
    "manifest.prefix.size is -1, not a number from 0 to 1048576",
  ],
  [
    (m) => Object.assign(m.prefix, { size: 2 ** 21 }),
    "manifest.prefix.size is 2097152, not a number from 0 to 1048576",
  ],
  [(m) => Object.assign(m, { members: [] }), "manifest.members is [], not an object"],
  [
    (m) => Object.assign(m.members["__main__.py"], { mode: 1 }),
    'manifest.members["__main__.py"] has the unknown key "mode"',
  ],
  [
    (m) => Object.assign(m.members["__main__.py"], { size: 2 ** 32 }),
    'manifest.members["__main__.py"].size is 4294967296, not a number from 0 to 4294967295',
  ],
  [
    (m) => Object.assign(m.members["__main__.py"], { size: 2 ** 25 }),
    "manifest: member __main__.py is longer than 16777216 bytes",
  ],
  [
    (m) => Object.assign(m.members, { "manifest.json": m.prefix }),
    "manifest: manifest.json is not a member of itself",
  ],
  [
    (m) => Object.assign(m.members, { "layers/x": m.prefix }),
    "manifest: member layers/x belongs to no layer",
  ],
  [
    (m) => Object.assign(m.members, { "": m.prefix }),
    'a key of manifest.members is "", not a member\'s name',
  ],
  [(m) => delete m.members[`layers/${APP}.tar.gz`], `manifest: layer sha256:${APP} has no member`],
  [
    (m) => Object.assign(m.members[`layers/${APP}.tar.gz`], { size: 11 }),
    `manifest: member layers/${APP}.tar.gz and the transport of its layer differ`,
  ],
  [
    (m) => Object.assign(m.layers, { [APP]: m.layers[`sha256:${APP}`] }),
    `a key of manifest.layers is "${APP}", not sha256: and ${WORD}`,
  ],
  [
    (m) => Object.assign(m.layers[`sha256:${APP}`], { kind: "evil" }),
    `${LAYER}.kind is "evil", not "application" or "distribution" or "bytecode" or "interpreter"`,
  ],
  [
    (m) => Object.assign(m.layers[`sha256:${APP}`], { size: 2 ** 34 }),
    `${LAYER}.size is 17179869184, not a number from 0 to 8589934592`,
  ],
  [
    (m) => Object.assign(m.layers[`sha256:${APP}`], { files: 1_000_001 }),
    `${LAYER}.files is 1000001, not a number from 0 to 1000000`,
  ],
  [
    (m) => Object.assign(m.layers[`sha256:${APP}`], { of: `sha256:${APP}` }),
    `${LAYER} is of kind application and has the key "of"`,
  ],
  [
    (m) => delete m.layers[`sha256:${CODE}`].of,
    `manifest.layers["sha256:${CODE}"] is of kind bytecode and lacks the key "of"`,
  ],
  [
    (m) => Object.assign(m.layers[`sha256:${CODE}`], { of: `sha256:${"d".repeat(64)}` }),
    `manifest: layer sha256:${CODE} was compiled from a layer that is not there`,
  ],
  [
    (m) => Object.assign(m.layers[`sha256:${CODE}`], { of: `sha256:${CODE}` }),
    `manifest: layer sha256:${CODE} was compiled from a layer of kind bytecode`,
  ],
  [
    (m) => Object.assign(m.layers[`sha256:${APP}`].transport, { encoding: "brotli" }),
    `${LAYER}.transport.encoding is "brotli", not "gzip"`,
  ],
  [(m) => Object.assign(m, { targets: [] }), "manifest.targets has 0 items, and may have 1 to 64"],
  [(m) => Object.assign(m, { targets: {} }), "manifest.targets is {}, not a list"],
  [
    (m) => Object.assign(m.targets[0].python, { implementation: "pypy" }),
    'manifest.targets[0].python.implementation is "pypy", not "cpython"',
  ],
  [
    (m) => Object.assign(m.targets[0].python, { version: "2.7" }),
    'manifest.targets[0].python.version is "2.7", not a version such as 3.11',
  ],
  [
    (m) => Object.assign(m.targets[0].python, { abi: "cp312" }),
    'manifest.targets[0].python.abi is "cp312", not cp313, or that with flags',
  ],
  [
    (m) => Object.assign(m.targets[0], { processor: "$(evil)" }),
    'manifest.targets[0].processor is "$(evil)", not a processor such as x86_64',
  ],
  [(m) => delete m.targets[0].libc, 'manifest.targets[0] is for processor x86_64 and lacks the key "libc"'],
  [
    (m) => Object.assign(m.targets[0], { processor: "any" }),
    'manifest.targets[0] is for processor any and has the key "libc"',
  ],
  [
    (m) => Object.assign(m.targets[0].libc, { floor: "2" }),
    'manifest.targets[0].libc.floor is "2", not a version such as 2.17',
  ],
  [(m) => m.targets[0].layers.push(`sha256:${APP}`), "manifest: a target has a layer twice"],
  [
    (m) => m.targets[0].layers.push(`sha256:${"d".repeat(64)}`),
    `manifest: a target has the layer sha256:${"d".repeat(64)}, which is not there`,
  ],
  [(m) => m.targets.map((one: Forged) => one.layers.pop()), `manifest: layer sha256:${CODE} is of no target`],
  [
    (m) => Object.assign(m.targets[0].plan, { hooks: {} }),
    'manifest.targets[0].plan has the unknown key "hooks"',
  ],
];

for (const [change, message] of REFUSED) {
  test(`refuses: ${message}`, () => {
    const manifest: Forged = JSON.parse(renderManifest(goodManifest()).toString());
    change(manifest);
    assert.throws(() => parseManifest(renderManifest(manifest)), { name: "BrokenRule", message });
  });
}

test("refuses more bytes than it would like to parse", () => {
  const message = "manifest is longer than 16777216 bytes";
  assert.throws(() => parseManifest(Buffer.alloc(2 ** 24 + 1, " ")), { name: "BrokenRule", message });
});

test("says of another format that it is another one, whatever else it has", () => {
  const message = "its format is 2, and this holdall knows 1";
  assert.throws(() => parseManifest(Buffer.from('{ "format": 2, "tree": [0.5] }')), { message });
});

test("says of zstd that it is reserved", () => {
  const manifest: Forged = JSON.parse(renderManifest(goodManifest()).toString());
  manifest.layers[`sha256:${APP}`].transport.encoding = "zstd";
  const message = `${LAYER}.transport.encoding is "zstd", and this holdall knows gzip`;
  assert.throws(() => parseManifest(renderManifest(manifest)), { message });
});
