/** The least file that a loader would take: one segment for all, and a dynamic section with two needed versions. */
export function smallElf({
  is64 = true,
  isLittle = true,
  machine = 62,
  versions = ["GLIBC_2.17", "GLIBC_2.3.4"],
} = {}): Buffer {
  const bytes = Buffer.alloc(2048);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const half = (at: number, value: number) => view.setUint16(at, value, isLittle);
  const int = (at: number, value: number) => view.setUint32(at, value, isLittle);
  const word = (at: number, value: number) =>
    is64 ? view.setBigUint64(at, BigInt(value), isLittle) : int(at, value);
  bytes.write("\x7fELF", 0, "latin1");
  bytes[4] = is64 ? 2 : 1;
  bytes[5] = isLittle ? 1 : 2;
  half(18, machine);
  const [table, size] = [64, is64 ? 56 : 32];
  if (is64) [word(32, table), half(54, size), half(56, 2)];
  else [word(28, table), half(42, size), half(44, 2)];
  const BASE = 0x10000;
  const segment = (index: number, type: number, offset: number, address: number, length: number) => {
    const at = table + index * size;
    int(at, type);
    if (is64) [word(at + 8, offset), word(at + 16, address), word(at + 32, length)];
    else [word(at + 4, offset), word(at + 8, address), word(at + 16, length)];
  };
  segment(0, 1, 0, BASE, bytes.length);
  segment(1, 2, 512, BASE + 512, 256);
  const step = is64 ? 16 : 8;
  const tags = [
    [5, BASE + 1024],
    [0x6ffffffe, BASE + 1536],
    [0x6fffffff, 1],
    [0, 0],
  ];
  for (const [index, [tag = 0, value = 0]] of tags.entries()) {
    word(512 + index * step, tag);
    word(512 + index * step + step / 2, value);
  }
  half(1536 + 2, versions.length);
  int(1536 + 8, 16);
  let name = 1;
  for (const [index, version] of versions.entries()) {
    bytes.write(`${version}\0`, 1024 + name, "latin1");
    int(1552 + index * 16 + 8, name);
    int(1552 + index * 16 + 12, 16);
    name += version.length + 1;
  }
  return bytes;
}
