import { type ForgedEntry, forgeTar } from "./forge-artifact.ts";

/** Entries, or a tar around this file. */
type HostileTar = readonly ForgedEntry[] | ((file: ForgedEntry) => Buffer);

export const FILE: ForgedEntry = { path: "app/a" };

/** Content of the application's layer; every digest is right. It grows only. */
export const TARS: readonly (readonly [title: string, entries: HostileTar, reason: string])[] = [
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
  ["a path that is not UTF-8", patchHeader((tar) => tar.writeUInt8(0xff, 4)), "an entry's path is not UTF-8"],
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
  ["a link to nothing", [{ path: "app/a", type: "2" }], 'link "app/a" to "" is empty, or has an empty part'],
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
  ["a directory", [{ path: "app/a", type: "5" }], 'entry "app/a" is of type "5", neither a file nor a link'],
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
  ["no end", (file) => forgeTar([file], Buffer.alloc(0)), "the tar ends too early"],
  ["half an end", (file) => forgeTar([file], Buffer.alloc(512)), "the tar does not end after 1024 NUL bytes"],
  [
    "a longer end",
    (file) => forgeTar([file], Buffer.alloc(10_240)),
    "the tar does not end after 1024 NUL bytes",
  ],
  [
    "an entry after the end",
    (file) => Buffer.concat([forgeTar([]), forgeTar([file])]),
    "the tar does not end after 1024 NUL bytes",
  ],
  ["a link and a file of one path", [{ path: "app/a", target: "b" }, FILE], 'path "app/a" is there twice'],
  [
    "links that lead out one after the other",
    [
      { path: "app/a", target: "b" },
      { path: "app/b", target: "../.." },
    ],
    'link "app/b" to "../.." leaves app',
  ],
  [
    "a hard link to outside",
    [{ path: "app/a", target: "/etc/passwd", type: "1" }],
    'entry "app/a" is of type "1", neither a file nor a link',
  ],
  [
    "a setgid file",
    [{ path: "app/a", mode: "0002755" }],
    'entry "app/a" has a header that the format does not have: mode',
  ],
  [
    "a name that goes on after a NUL",
    [{ path: "app/a\0b" }],
    'entry "app/a" has a header that the format does not have: name',
  ],
  [
    "a name of 4 KB, as GNU tar has it",
    [{ path: "././@LongLink", type: "L", content: `app/${"a".repeat(4092)}\0` }, FILE],
    'entry "././@LongLink" is of type "L", neither a file nor a link',
  ],
  [
    "a long link out, as GNU tar has it",
    [
      { path: "././@LongLink", type: "K", content: `${"../".repeat(99)}etc\0` },
      { path: "app/a", target: "b" },
    ],
    'entry "././@LongLink" is of type "K", neither a file nor a link',
  ],
  [
    "a name of 4 KB in a pax header",
    [{ path: "app/a", type: "x", content: `4110 path=app/${"a".repeat(4095)}\n` }, FILE],
    'entry "app/a" is of type "x", neither a file nor a link',
  ],
  [
    "a pax header for all that follow",
    [{ path: "app/a", type: "g", content: "18 linkpath=/etc/\n" }],
    'entry "app/a" is of type "g", neither a file nor a link',
  ],
  [
    "a pax header of many lines",
    [{ path: "app/a", type: "x", content: "6 a=b\n".repeat(20_000) }, FILE],
    'entry "app/a" is of type "x", neither a file nor a link',
  ],
  [
    "a sparse file",
    [{ path: "app/a", type: "S" }],
    'entry "app/a" is of type "S", neither a file nor a link',
  ],
  [
    "a contiguous file",
    [{ path: "app/a", type: "7" }],
    'entry "app/a" is of type "7", neither a file nor a link',
  ],
  [
    "an entry of no known type",
    [{ path: "app/a", type: "Z" }],
    'entry "app/a" is of type "Z", neither a file nor a link',
  ],
  [
    "a binary size",
    patchHeader((tar) => tar.writeUInt32BE(0x8000_0000, 124)),
    'entry "app/a" has a header that the format does not have: size',
  ],
  [
    "a negative size",
    patchHeader((tar) => tar.write("-0000000001", 124)),
    'entry "app/a" has a header that the format does not have: size',
  ],
  [
    "a negative size that blocks can have",
    patchHeader((tar) => tar.write("-0000001000", 124)),
    'entry "app/a" has a header that the format does not have: size',
  ],
  [
    "a size with blanks",
    patchHeader((tar) => tar.write("         0 ", 124)),
    'entry "app/a" has a header that the format does not have: size',
  ],
  [
    "the name of a user with a line end",
    patchHeader((tar) => tar.write("root\n-rw-r--r--", 265)),
    'entry "app/a" has a header that the format does not have: owner',
  ],
  [
    "bytes after the header's last field",
    patchHeader((tar) => tar.write("x", 511)),
    'entry "app/a" has a header that the format does not have: end',
  ],
];

/** A tar of one file whose header was changed, with the right checksum. */
function patchHeader(change: (tar: Buffer) => void): HostileTar {
  return (file) => {
    const tar = forgeTar([file]);
    change(tar);
    writeChecksum(tar);
    return tar;
  };
}

/** Of the first header, the last of whose fields may have been changed. */
export function writeChecksum(tar: Buffer): void {
  tar.write("        ", 148);
  const sum = tar.subarray(0, 512).reduce((total, byte) => total + byte, 0);
  tar.write(`${sum.toString(8).padStart(6, "0")}\u0000 `, 148, "latin1");
}

/** The same for a layer of another kind, whose paths start with `root` and which has `others`, too. */
export function forgeHostileTar(
  tar: HostileTar,
  root: string,
  others: readonly ForgedEntry[],
): { readonly tar: Buffer; readonly files: number } {
  const below = <Entry extends ForgedEntry>(entry: Entry): Entry => {
    return { ...entry, path: entry.path.replace(/^app(?=\/|$)/, root) };
  };
  if (typeof tar === "function") return { tar: tar(below(FILE)), files: 1 };
  return { tar: forgeTar([...tar.map(below), ...others]), files: tar.length + others.length };
}
