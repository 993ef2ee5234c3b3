import { createHash } from "node:crypto";
import { gunzipSync, gzipSync } from "node:zlib";
import {
  changeManifest,
  memberOf,
  type Parts,
  putMember,
  replaceLayer,
  seal,
  withManifest,
} from "../forge-artifact.ts";
import { pick, randomOf } from "../random.ts";
import type { Good } from "./good-artifacts.ts";
import { mutateBytes } from "./mutate-bytes.ts";
import { mutateManifest } from "./mutate-manifest.ts";
import { mutateTar } from "./mutate-tar.ts";

export interface Mutant {
  readonly index: number;
  readonly good: Good;
  /** What was changed; and whether the digests above it were repaired, so that deeper checks are reached. */
  readonly kind: string;
  readonly isResealed: boolean;
  /** A file, or parts that are written as an open artifact. */
  readonly artifact: Buffer | Parts;
}

type Mutate = (good: Good, random: () => number) => Buffer | Parts;

/** Digests stay as they are: whatever is changed must be refused. */
const OUTER: readonly (readonly [kind: string, mutate: Mutate])[] = [
  ["bytes of the file", ({ file }, random) => mutateBytes(file, random)],
  ["a header of the archive", mutateHeader],
  ["members, sealed again", ({ parts }, random) => seal(mutateMembers(parts, random))],
  ["members of the open form", ({ parts }, random) => mutateMembers(parts, random)],
];

/** The digests above are repaired: what comes out may be another artifact that is valid. */
const RESEALED: readonly (readonly [kind: string, mutate: (good: Good, random: () => number) => Parts])[] = [
  ["a member", mutateMember],
  [
    "the manifest",
    ({ parts }, random) => changeManifest(parts, (manifest) => mutateManifest(manifest, random)),
  ],
  ["the text of the manifest", mutateManifestText],
  ["the tar of a layer", mutateLayer],
  ["the tar of a layer", mutateLayer], // twice: here is most to find
  ["the gzip of a layer", mutateGzip],
];

/** The mutant of this index: the same for a seed, whichever others are made. */
export function makeMutant(goods: readonly Good[], seed: number, index: number): Mutant {
  // Numbers of seeds that are close to one another are not independent.
  const random = randomOf(createHash("sha256").update(`${seed}/${index}`).digest().readUInt32LE());
  const good = pick(random, goods);
  if (random() < 0.4) {
    const [kind, mutate] = pick(random, OUTER);
    return { index, good, kind, isResealed: false, artifact: mutate(good, random) };
  }
  const [kind, mutate] = pick(random, RESEALED);
  const parts = mutate(good, random);
  const artifact = random() < 0.2 ? parts : seal(parts);
  return { index, good, kind, isResealed: true, artifact };
}

/** A number in one of the headers, so that what surrounds it stays right. */
function mutateHeader({ file, parts: { prefix } }: Good, random: () => number): Buffer {
  const changed = Buffer.from(file);
  const starts: number[] = [];
  for (let at = file.indexOf("PK", prefix.length); at !== -1; at = file.indexOf("PK", at + 2))
    starts.push(at);
  const at = Math.min(pick(random, starts) + 4 + 2 * Math.floor(random() * 21), file.length - 4);
  const value = pick(random, [
    0,
    1,
    8,
    0x21,
    0xff,
    0xffff,
    file.readUInt16LE(at) + 1,
    file.readUInt16LE(at) - 1,
  ]);
  if (random() < 0.5) changed.writeUInt16LE(value & 0xffff, at);
  else changed.writeUInt32LE(pick(random, [0, 0xffff_ffff, file.length, value & 0xffff]), at);
  return changed;
}

const MEMBER_NAMES = [
  ...[
    "../evil",
    "/evil",
    "a//b",
    "./a",
    "prefix",
    "manifest.sig",
    "manifest.json/a",
    "__main__.py/a",
    "evil",
    "Manifest.json",
  ],
  ...["release/a.pth", "layers/evil", "holdall_app.py", "a".repeat(200), "a".repeat(201), "a\nb", "é", "zzz"],
] as const;

function mutateMembers({ prefix, members }: Parts, random: () => number): Parts {
  const changed = members.map(([name, bytes]): [string, Buffer] => [name, bytes]);
  const index = () => Math.floor(random() * changed.length);
  const [at, other] = [index(), index()];
  const [first, second] = [changed[at], changed[other]];
  if (first === undefined || second === undefined) return { prefix, members: changed };
  switch (Math.floor(random() * 7)) {
    case 0:
      changed.splice(at, 1);
      break;
    case 1:
      changed.splice(other, 0, first);
      break;
    case 2:
      changed[at] = [first[0], second[1]];
      changed[other] = [second[0], first[1]];
      break;
    case 3:
      changed[at] = second;
      changed[other] = first;
      break;
    case 4:
      changed[at] = [pick(random, MEMBER_NAMES), first[1]];
      break;
    case 5:
      changed.splice(at, 0, [pick(random, MEMBER_NAMES), Buffer.from("evil")]);
      break;
    default:
      changed[at] = [first[0], mutateBytes(first[1], random)];
  }
  return { prefix, members: changed };
}

/** Its manifest knows the member as it is now. */
function mutateMember({ parts }: Good, random: () => number): Parts {
  const names = parts.members.map(([name]) => name).filter((name) => name !== "manifest.json");
  const name = random() < 0.4 ? pick(random, MEMBER_NAMES) : pick(random, names);
  if (random() < 0.2) {
    const members = parts.members.filter(([one]) => one !== name);
    return changeManifest({ ...parts, members }, (manifest) => delete manifest.members[name]);
  }
  const old = parts.members.find(([one]) => one === name)?.[1] ?? Buffer.from("evil\n");
  return putMember(parts, name, mutateBytes(old, random));
}

function mutateManifestText({ parts }: Good, random: () => number): Parts {
  const text = memberOf(parts, "manifest.json").toString();
  const changes: readonly [RegExp, string][] = [
    [/:/, ": "],
    [/,/, ",\n"],
    [/"1\.0"/, '"1\\u002e0"'],
    [/:1[,}]/, ":1.0,"],
    [/:1,/, ":1e0,"],
    [/\{"/, '{"format":1,"'],
    [/$/, "\n"],
    [/^/, "\ufeff"],
    [/"shop"/, '"\\ud800"'],
    [/:(\d+)/, ":-0"],
    [/:(\d+)/, ":0$1"],
    [/\[/, "[".repeat(40)],
    [/"wsgi"/, "NaN"],
  ];
  if (random() < 0.3) return withManifest(parts, mutateBytes(Buffer.from(text), random));
  const [from, to] = pick(random, changes);
  return withManifest(parts, Buffer.from(text.replace(from, to)));
}

function mutateLayer({ parts }: Good, random: () => number): Parts {
  const { identity, tar, files } = pickLayer(parts, random);
  const changed = mutateTar(tar, files, random);
  return replaceLayer(parts, identity, changed.tar, changed.files);
}

function mutateGzip({ parts }: Good, random: () => number): Parts {
  const { identity, tar, files } = pickLayer(parts, random);
  const half = Math.floor(tar.length / 2);
  const compress = pick<(tar: Buffer) => Buffer>(random, [
    (bytes) => gzipSync(bytes, { level: 1 }),
    (bytes) => gzipSync(bytes, { level: 0 }),
    (bytes) => Buffer.concat([gzipSync(bytes), Buffer.from("evil")]),
    (bytes) => Buffer.concat([gzipSync(bytes.subarray(0, half)), gzipSync(bytes.subarray(half))]),
    (bytes) => gzipSync(Buffer.concat([bytes, Buffer.alloc(1 << 20)])),
    (bytes) => gzipSync(bytes).subarray(0, -1),
    (bytes) => mutateBytes(gzipSync(bytes), random),
    (bytes) => mutateBytes(gzipSync(bytes).subarray(0, 10), random),
    () => gzipSync(""),
  ]);
  return replaceLayer(parts, identity, tar, files, { compress });
}

function pickLayer(parts: Parts, random: () => number) {
  const { layers } = JSON.parse(memberOf(parts, "manifest.json").toString());
  const identity: string = pick(random, Object.keys(layers));
  const tar = gunzipSync(memberOf(parts, `layers/${identity.slice(7)}.tar.gz`));
  return { identity, tar, files: Number(layers[identity].files) };
}
