/** One change of a few bytes somewhere, or of a range. */
export function mutateBytes(bytes: Buffer, random: () => number): Buffer {
  const at = Math.floor(random() * bytes.length);
  const length = 1 + Math.floor(random() * Math.min(64, bytes.length));
  const before = bytes.subarray(0, at);
  const range = bytes.subarray(at, at + length);
  const after = bytes.subarray(at + length);
  switch (Math.floor(random() * 8)) {
    case 0:
      return Buffer.concat([before, after]);
    case 1:
      return Buffer.concat([before, range, range, after]);
    case 2:
      return Buffer.concat([before, Buffer.alloc(range.length), after]);
    case 3:
      return before;
    case 4:
      return Buffer.concat([bytes, range]);
    case 5:
      return Buffer.concat([range, bytes]);
    default: {
      const changed = Buffer.from(bytes);
      if (at < bytes.length) changed.writeUInt8(changed.readUInt8(at) ^ (1 << Math.floor(random() * 8)), at);
      return changed;
    }
  }
}
