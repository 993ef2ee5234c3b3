import { BrokenRule, quote } from "./broken-rule.ts";

export const BLOCK_SIZE = 512;

/** What a header says; docs/artifact.md, section 4, has the one header for it. */
export type TarEntry = TarFile | TarLink;

export interface TarFile {
  readonly kind: "file";
  readonly path: string;
  readonly size: number;
  readonly isExecutable: boolean;
}

export interface TarLink {
  readonly kind: "link";
  readonly path: string;
  readonly target: string;
}

const MAX_NAME = 100;
const MAX_PREFIX = 155;
/** Eleven octal digits. */
const MAX_SIZE = 0o77777777777;
const SLASH = 0x2f;

/** Offset and length of each field; those in between are NUL. POSIX.1-2017, pax, "ustar Interchange Format". */
const FIELDS = {
  name: [0, 100],
  mode: [100, 8],
  uid: [108, 8],
  gid: [116, 8],
  size: [124, 12],
  mtime: [136, 12],
  type: [156, 1],
  target: [157, 100],
  magic: [257, 8],
  owner: [265, 64],
  device: [329, 16],
  prefix: [345, 155],
  end: [500, 12],
  checksum: [148, 8], // last: it differs wherever another field does
} as const satisfies Record<string, readonly [offset: number, length: number]>;

/** @throws BrokenRule when the path, the target or the size does not fit. */
export function renderTarHeader(entry: TarEntry): Buffer {
  const header = Buffer.alloc(BLOCK_SIZE);
  const put = (field: keyof typeof FIELDS, value: string | Uint8Array) => {
    header.set(typeof value === "string" ? Buffer.from(value) : value, FIELDS[field][0]);
  };
  const { prefix, name } = splitPath(entry.path);
  put("name", name);
  put("prefix", prefix);
  put("uid", "0000000");
  put("gid", "0000000");
  put("mtime", "02263523000"); // 1980-01-01 00:00:00 UTC
  put("magic", "ustar\u000000");
  put("device", "0000000\u00000000000");
  if (entry.kind === "file") {
    if (entry.size > MAX_SIZE)
      throw new BrokenRule(`file ${quote(entry.path)} is longer than ${MAX_SIZE} bytes`);
    put("mode", entry.isExecutable ? "0000755" : "0000644");
    put("size", entry.size.toString(8).padStart(11, "0"));
    put("type", "0");
  } else {
    const target = Buffer.from(entry.target);
    if (target.length > MAX_NAME) {
      throw new BrokenRule(`link ${quote(entry.path)} has a target longer than ${MAX_NAME} bytes`);
    }
    put("mode", "0000777");
    put("size", "00000000000");
    put("type", "2");
    put("target", target);
  }
  put("checksum", "        "); // counted as spaces
  const sum = header.reduce((total, byte) => total + byte, 0);
  put("checksum", `${sum.toString(8).padStart(6, "0")}\u0000 `);
  return header;
}

/** @throws BrokenRule unless the header is, byte for byte, what a writer of its entry makes. */
export function parseTarHeader(header: Buffer): TarEntry {
  const field = (name: keyof typeof FIELDS) => {
    const [offset, length] = FIELDS[name];
    return header.subarray(offset, offset + length);
  };
  const prefix = parseText(field("prefix"));
  const path = prefix === "" ? parseText(field("name")) : `${prefix}/${parseText(field("name"))}`;
  const type = field("type").toString("latin1");
  const entry: TarEntry =
    type === "2"
      ? { kind: "link", path, target: parseText(field("target")) }
      : {
          kind: "file",
          path,
          size: Number.parseInt(field("size").toString("latin1"), 8) || 0, // zero then differs from what is there
          isExecutable: field("mode").toString("latin1") === "0000755\u0000",
        };
  if (type !== "0" && type !== "2") {
    throw new BrokenRule(`entry ${quote(path)} is of type ${quote(type)}, neither a file nor a link`);
  }
  const expected = renderTarHeader(entry);
  const wrong = Object.entries(FIELDS).find(
    ([, [offset, length]]) =>
      header.compare(expected, offset, offset + length, offset, offset + length) !== 0,
  );
  if (wrong !== undefined) {
    throw new BrokenRule(`entry ${quote(path)} has a header that the format does not have: ${wrong[0]}`);
  }
  return entry;
}

/** Whether a header has room for a path. */
export function fitsHeader(path: string): boolean {
  return findSplit(Buffer.from(path)) !== undefined;
}

function splitPath(path: string): { readonly prefix: Uint8Array; readonly name: Uint8Array } {
  const bytes = Buffer.from(path);
  const slash = findSplit(bytes);
  if (slash === undefined) throw new BrokenRule(`path ${quote(path)} is too long for a tar header`);
  return { prefix: bytes.subarray(0, Math.max(0, slash)), name: bytes.subarray(slash + 1) };
}

/** Place of the slash between prefix and name; -1: all of it is the name. */
function findSplit(bytes: Buffer): number | undefined {
  if (bytes.length <= MAX_NAME) return -1;
  const slash = bytes.indexOf(SLASH, bytes.length - MAX_NAME - 1);
  return slash === -1 || slash > MAX_PREFIX ? undefined : slash;
}

function parseText(field: Buffer): string {
  const end = field.indexOf(0);
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(
      end === -1 ? field : field.subarray(0, end),
    );
  } catch {
    throw new BrokenRule("an entry's path is not UTF-8");
  }
}
