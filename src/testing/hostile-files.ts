import { gzipSync } from "node:zlib";
import {
  changeManifest,
  digest,
  forgeTar,
  memberOf,
  type Parts,
  putMember,
  replaceLayer,
  seal,
  withManifest,
} from "./forge-artifact.ts";
import type { Hostile } from "./hostile-artifacts.ts";
import { application } from "./hostile-manifests.ts";
import { FILE } from "./hostile-tars.ts";

/** Its end record and the locator of that, empty. */
const ZIP64 = Buffer.concat([
  ...[Buffer.from("PK\x06\x06"), Buffer.alloc(52)],
  ...[Buffer.from("PK\x06\x07"), Buffer.alloc(16)],
]);

/** What is wrong with prefix, archive, members and digests. */
export const FILES: readonly Hostile[] = [
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
    (_, { prefix, members }) => seal({ prefix: patch(prefix, (script) => script.write(":", 88)), members }),
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
  [
    "a zip64 end record in front of its end record",
    (good) => Buffer.concat([good.subarray(0, -22), ZIP64, good.subarray(-22)]),
    "artifact_damaged",
    "it is cut off, or goes on after its end",
  ],
  [
    "a zip64 end record that its directory counts in",
    (good) => {
      const longer = Buffer.concat([good.subarray(0, -22), ZIP64, good.subarray(-22)]);
      return patchLast(longer, (end, at) =>
        end.writeUInt32LE(end.readUInt32LE(at + 12) + ZIP64.length, at + 12),
      );
    },
    "artifact_invalid",
    "its central directory is cut off",
  ],
  [
    "an end record that leaves all to zip64",
    (good) => patchLast(good, (end, at) => end.fill(0xff, at + 8, at + 20)),
    "artifact_damaged",
    "it is cut off, or goes on after its end",
  ],
  ...(
    [
      ["flags", 8, 6],
      ["a method of compression", 10, 8],
      ["a time", 12, 10],
    ] as const
  ).flatMap(([field, central, local]): Hostile[] => [
    [
      `${field} in a central header`,
      (good, parts) =>
        patch(good, (file) => file.writeUInt16LE(1, centralOf(parts, "__main__.py") + central)),
      "artifact_invalid",
      "its central directory is not as the format has it",
    ],
    [
      `${field} in a local header`,
      (good, parts) => patch(good, (file) => file.writeUInt16LE(1, localOf(parts, "__main__.py") + local)),
      "artifact_invalid",
      "the local header of __main__.py is not what the central directory says",
    ],
  ]),
  [
    "two members in one place",
    (good, parts) =>
      patch(good, (file) => file.writeUInt32LE(parts.prefix.length, centralOf(parts, "__main__.py") + 42)),
    "artifact_invalid",
    "its central directory is not as the format has it",
  ],
  [
    "a local header of another size",
    (good, parts) => patch(good, (file) => file.writeUInt32LE(1, localOf(parts, "__main__.py") + 22)),
    "artifact_invalid",
    "the local header of __main__.py is not what the central directory says",
  ],
  [
    "a local header with an extra field",
    (good, parts) => patch(good, (file) => file.writeUInt16LE(4, localOf(parts, "__main__.py") + 28)),
    "artifact_invalid",
    "the local header of __main__.py is not what the central directory says",
  ],
  [
    "a name of 4 KB",
    (_, parts) => seal(putMember(parts, "a".repeat(4096), Buffer.alloc(0))),
    "artifact_invalid",
    `"${"a".repeat(100)}..." cannot be a member's name`,
  ],
  [
    "a name with a NUL",
    (_, parts) => seal(putMember(parts, "a\0b", Buffer.alloc(0))),
    "artifact_invalid",
    '"a\\u0000b" cannot be a member\'s name',
  ],
  [
    "a name with a line end",
    (_, parts) => seal(putMember(parts, "a\nb", Buffer.alloc(0))),
    "artifact_invalid",
    '"a\\nb" cannot be a member\'s name',
  ],
  [
    "the manifest of another version, and the right layers",
    (_, { prefix, members }) => {
      const other = memberOf({ prefix, members }, "manifest.json").toString().replaceAll('"1.0"', '"1.1"');
      return seal({ prefix, members: replace(members, "manifest.json", Buffer.from(other)) });
    },
    "artifact_damaged",
    "the prefix names another identity than that of manifest.json",
  ],
  ...(["manifest.json", "__main__.py", "the layers", "half of a layer"] as const).map(
    (end): Hostile => [
      `a copy that ended after ${end}`,
      (good, parts) => {
        const [first, size] = end.includes("layer")
          ? [0, good.readUInt32LE(good.length - 6)]
          : [localOf(parts, end) + 30 + end.length, memberOf(parts, end).length];
        return good.subarray(0, first + size - (end.startsWith("half") ? 40 : 0));
      },
      "artifact_damaged",
      "it is cut off, or goes on after its end",
    ],
  ),
  [
    "a copy that ended before the end record",
    (good) => good.subarray(0, -22),
    "artifact_damaged",
    "it is cut off, or goes on after its end",
  ],
  [
    "a copy that ended in the end record",
    (good) => good.subarray(0, -1),
    "artifact_damaged",
    "it is cut off, or goes on after its end",
  ],
  [
    "a layer that inflates to a thousand times its size",
    (_, parts) =>
      seal(
        replaceLayer(parts, "application", forgeTar([FILE]), 1, {
          compress: () => gzipSync(Buffer.alloc(64 << 20)),
        }),
      ),
    "layer_invalid",
    "application layer shop 1.0: it inflates to more than the 1536 bytes that the manifest says",
  ],
  [
    "a layer that inflates to less than its size",
    (_, parts) =>
      seal(
        replaceLayer(parts, "application", Buffer.concat([forgeTar([FILE]), Buffer.alloc(512)]), 1, {
          compress: (tar) => gzipSync(tar.subarray(0, -512)),
        }),
      ),
    "artifact_damaged",
    "application layer shop 1.0: it inflates to 1536 bytes, not 2048",
  ],
  [
    "a layer whose gzip tells another length",
    (_, parts) =>
      seal(
        replaceLayer(parts, "application", forgeTar([FILE]), 1, {
          compress: (tar) => patch(gzipSync(tar), (bytes) => bytes.writeUInt32LE(1, bytes.length - 4)),
        }),
      ),
    "layer_invalid",
    "application layer shop 1.0: it does not end with the length and checksum of what it inflates to",
  ],
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

/** Where a member's local header is in the file that the parts come from. */
function localOf({ prefix, members }: Parts, name: string): number {
  const before = members.slice(
    0,
    members.findIndex(([one]) => one === name),
  );
  return before.reduce((sum, [one, bytes]) => sum + 30 + one.length + bytes.length, prefix.length);
}

function centralOf(parts: Parts, name: string): number {
  const { members } = parts;
  const index = members.findIndex(([one]) => one === name);
  const end = localOf({ ...parts, members: [...members, ["", Buffer.alloc(0)]] }, "");
  return members.slice(0, index).reduce((sum, [one]) => sum + 46 + one.length, end);
}
