import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { crc32, gzipSync } from "node:zlib";
import { openArtifact } from "../artifact/open-artifact.ts";
import { placeMembers, renderArchiveEnd, renderLocalHeader } from "../artifact/zip.ts";

/** An artifact taken apart, to be put together again with something wrong. */
export interface Parts {
  prefix: Buffer;
  /** Any bytes under any names, in any order. */
  members: [name: string, bytes: Buffer][];
}

/** A manifest whose every value may be replaced. */
// biome-ignore lint/suspicious/noExplicitAny: forging is what types are there to prevent
export type Forged = any;

export async function takeApart(path: string): Promise<Parts> {
  const file = await readFile(path);
  const { prefix, members } = await openArtifact(path);
  const cut = ({ offset, size }: { offset: number; size: number }) => file.subarray(offset, offset + size);
  return { prefix: cut(prefix), members: [...members].map(([name, place]) => [name, cut(place)]) };
}

/** A well-formed archive of the parts as they are, or with these CRC-32 instead of their own. */
export function seal(
  { prefix, members }: Parts,
  { crc32: other = {} }: { readonly crc32?: Readonly<Record<string, number>> } = {},
): Buffer {
  const sized = members.map(([name, bytes]) => ({
    name,
    size: bytes.length,
    crc32: other[name] ?? crc32(bytes),
  }));
  const placed = placeMembers(sized, prefix.length);
  const entries = placed.flatMap((member, index) => [
    renderLocalHeader(member),
    members[index]?.[1] ?? Buffer.alloc(0),
  ]);
  return Buffer.concat([prefix, ...entries, renderArchiveEnd(placed)]);
}

export function digest(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}

export function memberOf({ members }: Parts, name: string): Buffer {
  const found = members.find(([one]) => one === name);
  if (found === undefined) throw new Error(`no member ${name}`);
  return found[1];
}

/** Replaces the manifest's bytes and puts their digest into the prefix, as somebody who forges would. */
export function withManifest(parts: Parts, bytes: Buffer): Parts {
  const prefix = Buffer.from(parts.prefix);
  prefix.write(digest(bytes), 22, "latin1");
  const members = parts.members.map(([name, old]): [string, Buffer] => [
    name,
    name === "manifest.json" ? bytes : old,
  ]);
  return { prefix, members };
}

/**
 * Changes the manifest, and what the prefix says of the interpreters in it; whatever else does not fit afterwards is the
 * forger's fault.
 */
export function changeManifest(parts: Parts, change: (manifest: Forged) => void): Parts {
  const manifest = JSON.parse(memberOf(parts, "manifest.json").toString());
  const before = canonical(manifest.prefix);
  change(manifest);
  const placed = { ...parts, prefix: placeInterpreters(parts.prefix, manifest) };
  if (canonical(manifest.prefix) === before && placed.prefix !== parts.prefix) {
    manifest.prefix = contentOfPrefix(placed.prefix);
  }
  return withManifest(placed, Buffer.from(canonical(manifest)));
}

function contentOfPrefix(prefix: Buffer): { readonly sha256: string; readonly size: number } {
  const blank = Buffer.from(prefix);
  blank.fill("0", 22, 86);
  return { sha256: digest(blank), size: prefix.length };
}

/** The words of support/sh/inside.sh for the members that the manifest names, if they are as the format has them. */
function placeInterpreters(prefix: Buffer, manifest: Forged): Buffer {
  const text = prefix.toString("latin1");
  const found = /^holdall_inside='(.*)'$/m.exec(text);
  const places = found?.[1] === undefined ? undefined : findInterpreters(found[1], manifest);
  if (found === null || places === undefined) return prefix;
  const render = (start: number) => {
    const words = places.map(({ before, after, offset }) => {
      return [...before, String(start + offset + 1).padStart(10, "_"), ...after].join(":");
    });
    return Buffer.from(
      text.replace(found[0], () => `holdall_inside='${words.join(" ")}'`),
      "latin1",
    );
  };
  const size = render(0).length;
  const known = { ...manifest, prefix: { sha256: digest(Buffer.alloc(0)), size } };
  return render(size + Buffer.byteLength(canonical(known)));
}

/** Offsets count from the end of the manifest's bytes, less its local header and the prefix. */
function findInterpreters(words: string, { layers, members, targets }: Forged) {
  try {
    return words.split(" ").map((word, index) => {
      const [processor, libc, floor, , , , , , program] = word.split(":");
      const identity = targets[index].layers[0];
      const { size: tarSize, transport } = layers[identity];
      const member = `layers/${identity.slice(7)}.tar.gz`;
      const names = Object.keys(members).sort();
      const sizes = names
        .slice(0, names.indexOf(member))
        .map((name) => 30 + name.length + members[name].size);
      const offset = 43 + sizes.reduce((sum, one) => sum + one, 0) + 30 + member.length;
      const before = [processor, libc, floor, identity.slice(7), transport.sha256];
      const after = [transport.size, tarSize, program];
      // What a builder refuses to put into sh.
      if (![...before, ...after].every((one) => /^[a-z0-9._]+$/.test(one))) throw new Error("not a word");
      return { offset, before, after };
    });
  } catch {
    return undefined; // no forger could have placed them
  }
}

/** Keys sorted, for the ASCII keys of tests; does not share code with what it tests. */
function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(",")}]`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${entries.map(([key, item]) => `${JSON.stringify(key)}:${canonical(item)}`).join(",")}}`;
}

/** Adds or replaces a member, in the order of the format, and tells the manifest. */
export function putMember(parts: Parts, name: string, bytes: Buffer): Parts {
  const changed = changeManifest(parts, (manifest) => {
    manifest.members[name] = { sha256: digest(bytes), size: bytes.length };
  });
  const others = changed.members.filter(([one]) => one !== name);
  const members = [...others, [name, bytes] as [string, Buffer]].sort(([a], [b]) =>
    a === "manifest.json" ? -1 : b === "manifest.json" ? 1 : a < b ? -1 : 1,
  );
  return { prefix: changed.prefix, members };
}

/** Replaces a layer, the first of this kind or that of this identity, by this tar, with all digests right. */
export function replaceLayer(
  parts: Parts,
  which: string,
  tar: Buffer,
  files: number,
  { compress = gzipSync, ...facts }: { compress?: (tar: Buffer) => Buffer; kind?: string; of?: string } = {},
): Parts {
  const { layers } = JSON.parse(memberOf(parts, "manifest.json").toString());
  const old = Object.keys(layers).find((key) => key === which || layers[key].kind === which) ?? "";
  const oldMember = `layers/${old.slice(7)}.tar.gz`;
  const bytes = compress(tar);
  const identity = `sha256:${digest(tar)}`;
  const renamed = (one: string) => (one === old ? identity : one);
  const changed = changeManifest(parts, (manifest) => {
    const transport = { encoding: "gzip", sha256: digest(bytes), size: bytes.length };
    delete manifest.layers[old];
    delete manifest.members[oldMember];
    for (const layer of Object.values(manifest.layers) as Forged[]) {
      if (layer.of !== undefined) layer.of = renamed(layer.of);
    }
    manifest.layers[identity] = { ...layers[old], ...facts, size: tar.length, files, transport };
    for (const target of manifest.targets) target.layers = target.layers.map(renamed);
  });
  const members = changed.members.filter(([name]) => name !== oldMember);
  return putMember({ ...changed, members }, `layers/${identity.slice(7)}.tar.gz`, bytes);
}

/** Fields of a tar header, right unless said otherwise. */
export interface ForgedEntry {
  readonly path: string;
  readonly prefix?: string;
  readonly content?: string | Uint8Array;
  readonly target?: string;
  readonly type?: string;
  readonly mode?: string;
  readonly uid?: string;
  readonly mtime?: string;
  readonly size?: number;
  readonly magic?: string;
  readonly checksum?: string;
  readonly padding?: string;
}

/** A tar with these entries, in this order, and its end. */
export function forgeTar(entries: readonly ForgedEntry[], end: Buffer = Buffer.alloc(1024)): Buffer {
  return Buffer.concat([...entries.flatMap(forgeEntry), end]);
}

function forgeEntry(entry: ForgedEntry): Buffer[] {
  const { path, prefix = "", content = "", target = "", type = target === "" ? "0" : "2" } = entry;
  const { mode = type === "2" ? "0000777" : "0000644", uid = "0000000", mtime = "02263523000" } = entry;
  const { size = Buffer.byteLength(content), magic = "ustar\u000000", padding = "\0" } = entry;
  const header = Buffer.alloc(512);
  const fields: [text: string, offset: number][] = [
    [path, 0],
    [mode, 100],
    [uid, 108],
    ["0000000", 116],
    [size.toString(8).padStart(11, "0"), 124],
    [mtime, 136],
    ["        ", 148],
    [type, 156],
    [target, 157],
    [magic, 257],
    ["0000000\u00000000000", 329],
    [prefix, 345],
  ];
  for (const [text, offset] of fields) header.write(text, offset, "utf8");
  const sum = header.reduce((total, byte) => total + byte, 0);
  header.write(entry.checksum ?? `${sum.toString(8).padStart(6, "0")}\u0000 `, 148, "latin1");
  const bytes = Buffer.from(content);
  return [header, bytes, Buffer.alloc((512 - (bytes.length % 512)) % 512, padding)];
}
