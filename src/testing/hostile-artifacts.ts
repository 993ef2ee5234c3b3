import { gzipSync } from "node:zlib";
import {
  changeManifest,
  digest,
  type Forged,
  type ForgedEntry,
  forgeTar,
  memberOf,
  type Parts,
  putMember,
  replaceLayer,
  seal,
  withManifest,
} from "./forge-artifact.ts";

/** Makes a bad file of a good one, and what the reader in TypeScript says of it after `cannot read FILE: `. */
export type Hostile = readonly [
  title: string,
  forge: (good: Buffer, parts: Parts) => Buffer,
  code: string,
  reason: string,
];

const FILES: readonly Hostile[] = [
  ["an empty file", () => Buffer.alloc(0), "artifact_unreadable", "it does not start like an artifact"],
  [
    "a script",
    () => Buffer.from("#!/bin/sh\nexit\n"),
    "artifact_unreadable",
    "it does not start like an artifact",
  ],
  [
    "a ZIP",
    (good) => good.subarray(good.indexOf("PK")),
    "artifact_unreadable",
    "it does not start like an artifact",
  ],
  [
    "a prefix alone",
    (_, { prefix }) => prefix,
    "artifact_damaged",
    "it is cut off, or goes on after its end",
  ],
  [
    "a byte in front",
    (good) => Buffer.concat([Buffer.from("\n"), good]),
    "artifact_unreadable",
    "it does not start like an artifact",
  ],
  [
    "a byte at the end",
    (good) => Buffer.concat([good, Buffer.from("\n")]),
    "artifact_damaged",
    "it is cut off, or goes on after its end",
  ],
  [
    "a second end record",
    (good) => Buffer.concat([good, good.subarray(-22)]),
    "artifact_damaged",
    "it is cut off, or goes on after its end",
  ],
  [
    "a second end record that counts itself in",
    (good) =>
      patchLast(Buffer.concat([good, good.subarray(-22)]), (end, at) =>
        end.writeUInt32LE(end.readUInt32LE(at + 12) + 22, at + 12),
      ),
    "artifact_invalid",
    "its central directory is cut off",
  ],
  [
    "an end record with a comment",
    (good) => patchLast(good, (end, at) => end.writeUInt16LE(1, at + 20)),
    "artifact_invalid",
    "its central directory is not as the format has it",
  ],
  [
    "an end record that counts fewer members",
    (good) => patchLast(good, (end, at) => end.writeUInt16LE(1, at + 8)),
    "artifact_invalid",
    "its central directory is not as the format has it",
  ],
  [
    "bytes between prefix and archive",
    (good, { prefix }) => insert(good, prefix.length, "PK"),
    "artifact_damaged",
    "it is cut off, or goes on after its end",
  ],
  [
    "a local header with another name",
    (good) => replaceFirst(good, "__main__.pyprint", "__mann__.pyprint"),
    "artifact_invalid",
    "the local header of __main__.py is not what the central directory says",
  ],
  [
    "a central header with another name",
    (good) => replaceLast(good, "__main__.py", "__mann__.py"),
    "artifact_invalid",
    "the local header of __mann__.py is not what the central directory says",
  ],
  [
    "a member in a directory above",
    (_, parts) => seal(putMember(parts, "../evil", Buffer.alloc(0))),
    "artifact_invalid",
    '"../evil" cannot be a member\'s name',
  ],
  [
    "a member with an absolute name",
    (_, parts) => seal(putMember(parts, "/etc/evil", Buffer.alloc(0))),
    "artifact_invalid",
    '"/etc/evil" cannot be a member\'s name',
  ],
  [
    "two members of one name",
    (_, { prefix, members }) => seal({ prefix, members: members.flatMap((one) => [one, one]) }),
    "artifact_invalid",
    "it has two members named manifest.json, or the name is taken",
  ],
  [
    "a member below another",
    (_, parts) => seal(putMember(parts, "__main__.py/evil", Buffer.alloc(0))),
    "artifact_invalid",
    "member __main__.py/evil is below __main__.py, which is a file",
  ],
  [
    "a member with the name of the open form's prefix",
    (_, parts) => seal(putMember(parts, "prefix", Buffer.alloc(0))),
    "artifact_invalid",
    "it has two members named prefix, or the name is taken",
  ],
  [
    "members in another order",
    (_, { prefix, members }) => seal({ prefix, members: members.toSorted(([a], [b]) => last(a) - last(b)) }),
    "artifact_invalid",
    "member __main__.py is not in order",
  ],
  [
    "a manifest that is not the first",
    (_, { prefix, members }) => seal({ prefix, members: members.toReversed() }),
    "artifact_invalid",
    "its first member is not manifest.json",
  ],
  [
    "a signature",
    (_, parts) =>
      seal({
        ...parts,
        members: parts.members.flatMap((one, index) =>
          index === 1 ? [["manifest.sig", Buffer.alloc(64)], one] : [one],
        ),
      }),
    "artifact_unsupported",
    "it has the member manifest.sig, which this holdall cannot check",
  ],
  [
    "a layer in zstd",
    (_, parts) => seal(putMember(parts, `layers/${"0".repeat(64)}.tar.zst`, Buffer.alloc(1))),
    "artifact_unsupported",
    `it has the member layers/${"0".repeat(64)}.tar.zst, which this holdall cannot check`,
  ],
  [
    "a member that the manifest does not name",
    (_, { prefix, members }) => seal({ prefix, members: [...members, ["zzz", Buffer.alloc(0)]] }),
    "artifact_invalid",
    "it has the member zzz, which the manifest does not name",
  ],
  [
    "no member that the manifest names",
    (_, { prefix, members }) => seal({ prefix, members: members.filter(([name]) => name !== "__main__.py") }),
    "artifact_invalid",
    "it lacks the member __main__.py, which the manifest names",
  ],
  [
    "a member with other bytes",
    (_, { prefix, members }) =>
      seal({ prefix, members: replace(members, "__main__.py", Buffer.from("print('evil')\n")) }),
    "artifact_damaged",
    "member __main__.py has another digest",
  ],
  [
    "a member of another size",
    (_, { prefix, members }) =>
      seal({ prefix, members: replace(members, "__main__.py", Buffer.from("evil")) }),
    "artifact_damaged",
    "member __main__.py has 4 bytes, not 14",
  ],
  [
    "the manifest of another artifact",
    (_, { prefix, members }) =>
      seal({ prefix, members: replace(members, "manifest.json", Buffer.from("{}")) }),
    "artifact_damaged",
    "the prefix names another identity than that of manifest.json",
  ],
  [
    "a script in the prefix that the manifest does not know",
    (_, { prefix, members }) =>
      seal({ prefix: Buffer.from(prefix.toString().replace("echo shop", "echo evil")), members }),
    "artifact_damaged",
    "the prefix has another digest",
  ],
  [
    "a prefix that goes on",
    (_, { prefix, members }) => seal({ prefix: Buffer.concat([prefix, Buffer.from("\n")]), members }),
    "artifact_invalid",
    "its prefix does not end with a line exit",
  ],
  [
    "a second line with more than the identity",
    (_, { prefix, members }) => seal({ prefix: insert(prefix, 87, ";evil"), members }),
    "artifact_invalid",
    "its prefix does not start with the two lines that every artifact has",
  ],
  [
    "a wrong CRC-32 of a member",
    (_, parts) => seal(parts, { crc32: { "__main__.py": 1 } }),
    "artifact_damaged",
    "member __main__.py has another CRC-32",
  ],
  [
    "a wrong CRC-32 of the manifest",
    (_, parts) => seal(parts, { crc32: { "manifest.json": 1 } }),
    "artifact_damaged",
    "manifest.json has another CRC-32",
  ],
  [
    "a wrong CRC-32 of a layer",
    (_, parts) => seal(parts, { crc32: { [applicationMember(parts)]: 1 } }),
    "artifact_damaged",
    "application layer shop 1.0: its bytes have another CRC-32",
  ],
  [
    "a layer with other bytes",
    (_, parts) => {
      const name = applicationMember(parts);
      const bytes = patch(memberOf(parts, name), (layer) => layer.writeUInt8(layer.readUInt8(20) ^ 1, 20));
      return seal({ ...parts, members: replace(parts.members, name, bytes) });
    },
    "artifact_damaged",
    "application layer shop 1.0: its compressed bytes have another digest",
  ],
  [
    "another layer under a layer's identity",
    (_, parts) => {
      const name = applicationMember(parts);
      const bytes = gzipSync(
        forgeTar([
          { path: "app/again", target: "evil" },
          { path: "app/shop.py", content: "evil" },
        ]),
      );
      const members = replace(parts.members, name, bytes);
      const content = { sha256: digest(bytes), size: bytes.length };
      return seal(
        changeManifest({ ...parts, members }, (manifest) => {
          manifest.members[name] = content;
          application(manifest).transport = { ...content, encoding: "gzip" };
        }),
      );
    },
    "artifact_damaged",
    "application layer shop 1.0: it inflates to another identity",
  ],
  [
    "a layer that is not gzip",
    (_, parts) => seal(replaceLayer(parts, "application", forgeTar([FILE]), 1, { compress: (tar) => tar })),
    "layer_invalid",
    "application layer shop 1.0: it is not gzip with a plain header",
  ],
  [
    "a layer with bytes after its gzip member",
    (_, parts) =>
      seal(
        replaceLayer(parts, "application", forgeTar([FILE]), 1, {
          compress: (tar) => insert(gzipSync(tar), gzipSync(tar).length, "evil"),
        }),
      ),
    "layer_invalid",
    "application layer shop 1.0: it has bytes after the end of its gzip member",
  ],
  [
    "a layer of two gzip members",
    (_, parts) =>
      seal(
        replaceLayer(parts, "application", forgeTar([FILE]), 1, {
          compress: (tar) => Buffer.concat([gzipSync(tar.subarray(0, 512)), gzipSync(tar.subarray(512))]),
        }),
      ),
    "layer_invalid",
    "application layer shop 1.0: it has bytes after the end of its gzip member",
  ],
  [
    "a link in a layer of a distribution",
    (_, parts) =>
      seal(replaceLayer(parts, "distribution", forgeTar([{ path: "site-packages/a", target: "b" }]), 1)),
    "layer_invalid",
    'distribution layer cart 2.1: link "site-packages/a" to "b" is in a layer of kind distribution, which has files only',
  ],
  [
    "a link in a layer of bytecode",
    (_, parts) => {
      const tar = forgeTar([{ path: "app/__pycache__/shop.cpython-311.pyc", target: "../shop.py" }]);
      const of = `sha256:${applicationMember(parts).slice("layers/".length, -".tar.gz".length)}`;
      return seal(replaceLayer(parts, "distribution", tar, 1, { kind: "bytecode", of }));
    },
    "layer_invalid",
    'bytecode layer cart 2.1: link "app/__pycache__/shop.cpython-311.pyc" to "../shop.py" is in a layer of kind bytecode, which has files only',
  ],
  [
    "a terminal's escapes in the name of a member",
    (_, parts) => seal(putMember(parts, "layers/\u001b[2J.tar.zst", Buffer.alloc(0))),
    "artifact_invalid",
    '"layers/\\u001b[2J.tar.zst" cannot be a member\'s name',
  ],
  [
    "paths of two layers below one another",
    (_, parts) =>
      seal(
        replaceLayer(parts, "distribution", forgeTar([{ path: "app/shop.py/evil" }]), 1, {
          kind: "application",
        }),
      ),
    "artifact_invalid",
    'path "app/shop.py/evil" is below "app/shop.py", which is no directory in another layer',
  ],
  [
    "a text that is not in canonical form",
    (_, parts) => seal(withManifest(parts, insert(memberOf(parts, "manifest.json"), 1, " "))),
    "artifact_invalid",
    "manifest is JSON, but not in canonical form",
  ],
  [
    "a key twice",
    (_, parts) => seal(withManifest(parts, insert(memberOf(parts, "manifest.json"), 1, '"description":{},'))),
    "artifact_invalid",
    "manifest is JSON, but not in canonical form",
  ],
  [
    "a text that is not JSON",
    (_, parts) => seal(withManifest(parts, Buffer.from("{"))),
    "artifact_invalid",
    "manifest is not JSON in UTF-8",
  ],
  [
    "a text that is nested without end",
    (_, parts) => seal(withManifest(parts, Buffer.from("[".repeat(100_000) + "]".repeat(100_000)))),
    "artifact_invalid",
    "manifest is nested more than 32 deep",
  ],
];

/** Changes of the manifest alone; its digest is right everywhere. */
const MANIFESTS: readonly (readonly [
  title: string,
  change: (manifest: Forged) => void,
  code: string,
  reason: string,
])[] = [
  [
    "a format of the future, whatever else it has",
    (manifest) => Object.assign(manifest, { format: 2, members: "elsewhere" }),
    "artifact_unsupported",
    "its format is 2, and this holdall knows 1",
  ],
  [
    "a format that is no number",
    (manifest) => Object.assign(manifest, { format: "1" }),
    "artifact_invalid",
    'manifest.format is "1", not 1',
  ],
  [
    "a manifest without a name",
    (manifest) => delete manifest.name,
    "artifact_invalid",
    'manifest lacks the key "name"',
  ],
  [
    "a key of the description with a line end",
    (manifest) => Object.assign(manifest.description, { "a\nb": 1 }),
    "artifact_invalid",
    'manifest has the key "a\\nb", with an escape',
  ],
  [
    "a manifest with an unknown key",
    (manifest) => Object.assign(manifest, { evil: 1 }),
    "artifact_invalid",
    'manifest has the unknown key "evil"',
  ],
  [
    "a wrong digest of the prefix",
    (manifest) => Object.assign(manifest.prefix, { sha256: "0".repeat(64) }),
    "artifact_damaged",
    "the prefix has another digest",
  ],
  [
    "a wrong digest of a member",
    (manifest) => Object.assign(manifest.members["__main__.py"], { sha256: "0".repeat(64) }),
    "artifact_damaged",
    "member __main__.py has another digest",
  ],
  [
    "a layer that inflates to less than it says",
    (manifest) => Object.assign(application(manifest), { size: 1024 * 1024 }),
    "artifact_damaged",
    "application layer shop 1.0: it inflates to 2560 bytes, not 1048576",
  ],
  [
    "a bomb: a layer that inflates to more than it says",
    (manifest) => Object.assign(application(manifest), { size: 1024 }),
    "layer_invalid",
    "application layer shop 1.0: it inflates to more than the 1024 bytes that the manifest says",
  ],
  [
    "a layer with fewer entries than it says",
    (manifest) => Object.assign(application(manifest), { files: 3 }),
    "artifact_damaged",
    "application layer shop 1.0: it has 2 entries, not 3",
  ],
  [
    "a Python inside for any processor",
    (manifest) => Object.assign(application(manifest), { kind: "interpreter" }),
    "artifact_invalid",
    "manifest: a target has an interpreter, and not as the first of its layers, for one processor",
  ],
  [
    "a Python inside for some of its targets",
    (manifest) => {
      Object.assign(application(manifest), { kind: "interpreter" });
      manifest.targets.push({ ...manifest.targets[0], layers: [] });
    },
    "artifact_invalid",
    "manifest: some of its targets have an interpreter, others not",
  ],
  [
    "a layer of another kind than its paths say",
    (manifest) => Object.assign(application(manifest), { kind: "distribution" }),
    "layer_invalid",
    'distribution layer shop 1.0: path "app/again" is not below site-packages or scripts or data or headers (a layer of kind distribution)',
  ],
  [
    "a system package that is an option of its package manager",
    ({ targets: [{ plan }] }) => Object.assign(plan, { systemPackages: { deb: ["--root=/x"], rpm: [] } }),
    "artifact_invalid",
    'manifest.targets[0].plan.systemPackages.deb[0] is "--root=/x", not a package\'s name',
  ],
];

function application(manifest: Forged): Forged {
  return Object.values(manifest.layers).find((layer: Forged) => layer.kind === "application");
}

const FILE: ForgedEntry = { path: "app/a" };

/** Content of the application's layer; every digest is right. */
const TARS: readonly (readonly [title: string, entries: readonly ForgedEntry[] | Buffer, reason: string])[] =
  [
    ["a path with ..", [{ path: "app/../evil" }], 'path "app/../evil" has a part ".."'],
    ["a path that starts with ..", [{ path: "../evil" }], 'path "../evil" has a part ".."'],
    ["a path with a . part", [{ path: "app/./a" }], 'path "app/./a" has a part "."'],
    ["an absolute path", [{ path: "/etc/evil" }], 'path "/etc/evil" is empty, or has an empty part'],
    ["a path with an empty part", [{ path: "app//a" }], 'path "app//a" is empty, or has an empty part'],
    ["a path that is a directory", [{ path: "app/a/" }], 'path "app/a/" is empty, or has an empty part'],
    ["no path", [{ path: "" }], 'path "" is empty, or has an empty part'],
    ["a path elsewhere", [{ path: "bin/a" }], 'path "bin/a" is not below app (a layer of kind application)'],
    [
      "a file in place of the first part",
      [{ path: "app" }],
      'path "app" is not below app (a layer of kind application)',
    ],
    ["a path with a line end", [{ path: "app/a\nb" }], 'path "app/a\\nb" has a control character'],
    ["a path with an escape", [{ path: "app/\u001b[2J" }], 'path "app/\\u001b[2J" has a control character'],
    ["a path with DEL", [{ path: "app/\u007f" }], 'path "app/\u007f" has a control character'],
    ["a path with a backslash", [{ path: "app\\..\\a" }], 'path "app\\\\..\\\\a" has a backslash'],
    [
      "a path that is not UTF-8",
      patch(forgeTar([FILE]), (tar) => {
        tar[4] = 0xff;
        writeChecksum(tar);
      }),
      "an entry's path is not UTF-8",
    ],
    [
      "a path split where no writer splits it",
      [{ prefix: "app", path: "a" }],
      'entry "app/a" has a header that the format does not have: name',
    ],
    [
      "an over-long path",
      [{ prefix: `app/${"a".repeat(151)}`, path: "b".repeat(100), type: "L" }],
      `entry "app/${"a".repeat(96)}..." is of type "L", neither a file nor a link`,
    ],
    ["a path twice", [FILE, FILE], 'path "app/a" is there twice'],
    ["paths out of order", [{ path: "app/b" }, FILE], 'path "app/a" is not in order'],
    [
      "a file as directory",
      [FILE, { path: "app/a-b" }, { path: "app/a/b" }],
      'path "app/a/b" is below "app/a", which is no directory',
    ],
    [
      "a link, then a file written through it",
      [{ path: "app/a", target: "b" }, { path: "app/a/evil" }],
      'path "app/a/evil" is below "app/a", which is no directory',
    ],
    ["a link to outside", [{ path: "app/a", target: "../evil" }], 'link "app/a" to "../evil" leaves app'],
    [
      "a link far outside",
      [{ path: "app/b/a", target: "../../../etc/passwd" }],
      'link "app/b/a" to "../../../etc/passwd" leaves app',
    ],
    [
      "a link to an absolute path",
      [{ path: "app/a", target: "/etc/passwd" }],
      'link "app/a" to "/etc/passwd" is empty, or has an empty part',
    ],
    ["a link to the first part", [{ path: "app/b/a", target: ".." }], 'link "app/b/a" to ".." leaves app'],
    [
      "a link that goes down another link, then up",
      [
        { path: "app/b/c/d", target: "../../e" },
        { path: "app/b/c/f", target: "d/../../evil" },
      ],
      'link "app/b/c/f" to "d/../../evil" has a part ".."',
    ],
    [
      "a link to nothing",
      [{ path: "app/a", type: "2" }],
      'link "app/a" to "" is empty, or has an empty part',
    ],
    [
      "a link with a control character",
      [{ path: "app/a", target: "b\u0007" }],
      'link "app/a" to "b\\u0007" has a control character',
    ],
    [
      "a link with content",
      [{ path: "app/a", target: "b", size: 1 }],
      'entry "app/a" has a header that the format does not have: size',
    ],
    [
      "a hard link",
      [FILE, { path: "app/b", target: "app/a", type: "1" }],
      'entry "app/b" is of type "1", neither a file nor a link',
    ],
    [
      "a character device",
      [{ path: "app/a", type: "3" }],
      'entry "app/a" is of type "3", neither a file nor a link',
    ],
    [
      "a block device",
      [{ path: "app/a", type: "4" }],
      'entry "app/a" is of type "4", neither a file nor a link',
    ],
    [
      "a directory",
      [{ path: "app/a", type: "5" }],
      'entry "app/a" is of type "5", neither a file nor a link',
    ],
    ["a pipe", [{ path: "app/a", type: "6" }], 'entry "app/a" is of type "6", neither a file nor a link'],
    [
      "a pax header",
      [{ path: "app/a", type: "x", content: "30 path=../../evil\n" }],
      'entry "app/a" is of type "x", neither a file nor a link',
    ],
    [
      "a huge pax header",
      [{ path: "app/a", type: "x", size: 0o77777777777 }],
      'entry "app/a" is of type "x", neither a file nor a link',
    ],
    [
      "a setuid file",
      [{ path: "app/a", mode: "0004755" }],
      'entry "app/a" has a header that the format does not have: mode',
    ],
    [
      "a file that everybody may write",
      [{ path: "app/a", mode: "0000666" }],
      'entry "app/a" has a header that the format does not have: mode',
    ],
    [
      "a file of another user",
      [{ path: "app/a", uid: "0001750" }],
      'entry "app/a" has a header that the format does not have: uid',
    ],
    [
      "a file of today",
      [{ path: "app/a", mtime: "14707651300" }],
      'entry "app/a" has a header that the format does not have: mtime',
    ],
    [
      "a GNU header",
      [{ path: "app/a", magic: "ustar  \0" }],
      'entry "app/a" has a header that the format does not have: magic',
    ],
    [
      "a wrong checksum",
      [{ path: "app/a", checksum: "000000\0 " }],
      'entry "app/a" has a header that the format does not have: checksum',
    ],
    [
      "something hidden after a file",
      [{ path: "app/a", content: "a", padding: "x" }],
      'entry "app/a" is followed by other bytes than NUL',
    ],
    ["a file longer than the tar", [{ path: "app/a", size: 10_000 }], "the tar ends too early"],
    ["no end", forgeTar([FILE], Buffer.alloc(0)), "the tar ends too early"],
    ["half an end", forgeTar([FILE], Buffer.alloc(512)), "the tar does not end after 1024 NUL bytes"],
    ["a longer end", forgeTar([FILE], Buffer.alloc(10_240)), "the tar does not end after 1024 NUL bytes"],
    [
      "an entry after the end",
      Buffer.concat([forgeTar([]), forgeTar([FILE])]),
      "the tar does not end after 1024 NUL bytes",
    ],
  ];

/** The one corpus for every reader of artifacts. It only grows. */
export const HOSTILE: readonly Hostile[] = [
  ...FILES,
  ...MANIFESTS.map(
    ([title, change, code, reason]): Hostile => [
      title,
      (_, parts) => seal(changeManifest(parts, change)),
      code,
      reason,
    ],
  ),
  ...TARS.map(
    ([title, tar, reason]): Hostile => [
      `a layer with ${title}`,
      (_, parts) =>
        Buffer.isBuffer(tar)
          ? seal(replaceLayer(parts, "application", tar, 1))
          : seal(replaceLayer(parts, "application", forgeTar(tar), tar.length)),
      "layer_invalid",
      `application layer shop 1.0: ${reason}`,
    ],
  ),
];

function replace(members: Parts["members"], name: string, bytes: Buffer): Parts["members"] {
  return members.map(([one, old]) => [one, one === name ? bytes : old]);
}

function last(name: string): number {
  return name === "__main__.py" ? 1 : 0;
}

function applicationMember(parts: Parts): string {
  const { layers } = JSON.parse(memberOf(parts, "manifest.json").toString());
  const identity = Object.keys(layers).find((key) => layers[key].kind === "application") ?? "";
  return `layers/${identity.slice("sha256:".length)}.tar.gz`;
}

function patch(bytes: Buffer, change: (bytes: Buffer) => void): Buffer {
  const changed = Buffer.from(bytes);
  change(changed);
  return changed;
}

/** Of the first header, the last of whose fields may have been changed. */
function writeChecksum(tar: Buffer): void {
  tar.write("        ", 148);
  const sum = tar.subarray(0, 512).reduce((total, byte) => total + byte, 0);
  tar.write(`${sum.toString(8).padStart(6, "0")}\u0000 `, 148, "latin1");
}

/** Changes the end record, which starts at `at`. */
function patchLast(file: Buffer, change: (file: Buffer, at: number) => void): Buffer {
  return patch(file, (changed) => change(changed, changed.length - 22));
}

function insert(bytes: Buffer, at: number, text: string): Buffer {
  return Buffer.concat([bytes.subarray(0, at), Buffer.from(text), bytes.subarray(at)]);
}

function replaceFirst(file: Buffer, from: string, to: string): Buffer {
  return patch(file, (changed) => changed.write(to, changed.indexOf(from)));
}

function replaceLast(file: Buffer, from: string, to: string): Buffer {
  return patch(file, (changed) => changed.write(to, changed.lastIndexOf(from)));
}
