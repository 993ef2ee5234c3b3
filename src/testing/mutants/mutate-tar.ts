import { writeChecksum } from "../hostile-tars.ts";
import { pick } from "../random.ts";
import { mutateBytes } from "./mutate-bytes.ts";

/** The header of an entry and the blocks that follow it. */
interface Block {
  readonly header: Buffer;
  readonly body: Buffer;
}

const PATHS = [
  ...[
    "../evil",
    "/etc/evil",
    "app/../evil",
    "python/../../evil",
    "app//a",
    "app/./a",
    "app/a/",
    "app",
    "python",
    "",
  ],
  ...[
    "app/a\nb",
    "app/a\tb",
    "app/a\\b",
    "python/a\nb",
    "python/bin",
    "python/bin/a b",
    "python/Bin/é",
    "app/shop.py/a",
  ],
  ...[
    "app/again/evil",
    "scripts/python3",
    "data/pyvenv.cfg",
    "site-packages/a.py",
    "bin/evil",
    "python/lib/evil",
    "app/zzz",
  ],
] as const;

const TARGETS = [
  "..",
  "../..",
  "../../../evil",
  "/etc/passwd",
  "shop.py",
  "a/../b",
  "./a",
  "a//b",
  "",
  "a\nb",
  "é",
] as const;

/** Fields of a header that the format has in one way only, but for mode and size. */
const FIELDS: readonly (readonly [offset: number, text: string])[] = [
  [100, "0004755"],
  [100, "0000666"],
  [100, "0000755"],
  [100, "0000644"],
  [108, "0001750"],
  [116, "0000001"],
  [136, "00000000000"],
  [257, "ustar  "],
  [265, "root"],
  [297, "a -> b"],
  [329, "0000001"],
  [511, "x"],
  [124, "-0000001000"],
  [124, "00000000001"],
  [124, "77777777777"],
];

/** Changes the tar of a layer; checksums of headers are mostly repaired. `files` may be wrong afterwards, too. */
export function mutateTar(tar: Buffer, files: number, random: () => number): { tar: Buffer; files: number } {
  const blocks = splitTar(tar);
  const at = Math.floor(random() * blocks.length);
  const block = blocks[at];
  if (block === undefined || random() < 0.1) return { tar: mutateBytes(tar, random), files };
  const other = Math.floor(random() * blocks.length);
  switch (Math.floor(random() * 9)) {
    case 0:
      blocks.splice(at, 1);
      break;
    case 1:
      blocks.splice(other, 0, block);
      break;
    case 2:
      blocks[at] = blocks[other] ?? block;
      blocks[other] = block;
      break;
    case 3:
      blocks[at] = { ...block, body: flipByte(block.body, random) };
      break;
    default:
      blocks[at] = mutateHeader(block, random);
  }
  if (random() < 0.3) blocks.sort((a, b) => Buffer.compare(pathOf(a), pathOf(b)));
  const end = Buffer.alloc(pick(random, [1024, 1024, 1024, 1024, 1024, 1024, 512, 1536, 0]));
  const whole = Buffer.concat([...blocks.flatMap(({ header, body }) => [header, body]), end]);
  return { tar: whole, files: random() < 0.9 ? blocks.length : files + pick(random, [-1, 0, 1]) };
}

function mutateHeader({ header, body }: Block, random: () => number): Block {
  const changed = Buffer.from(header);
  const put = (text: string, at: number, length: number) => changed.fill(0, at, at + length).write(text, at);
  switch (Math.floor(random() * 5)) {
    case 0:
      put(pick(random, PATHS), 0, 100);
      break;
    case 1:
      put(pick(random, TARGETS), 157, 100);
      changed.write("2", 156);
      break;
    case 2:
      changed.write(pick(random, [..."0123456789xgLKSVDZ\0"]), 156);
      break;
    case 3: {
      const [offset, text] = pick(random, FIELDS);
      changed.write(text, offset);
      break;
    }
    default:
      changed.writeUInt8(
        changed.readUInt8(100) ^ (1 << Math.floor(random() * 8)),
        Math.floor(random() * 512),
      );
  }
  if (random() < 0.9) writeChecksum(changed);
  return { header: changed, body };
}

function flipByte(body: Buffer, random: () => number): Buffer {
  const changed = Buffer.from(body);
  const at = Math.floor(random() * body.length);
  if (at < body.length) changed.writeUInt8(changed.readUInt8(at) ^ 1, at);
  return changed;
}

function splitTar(tar: Buffer): Block[] {
  const blocks: Block[] = [];
  for (let at = 0; tar[at] !== 0; ) {
    const size = Number.parseInt(tar.toString("latin1", at + 124, at + 135), 8);
    const end = at + 512 + Math.ceil(size / 512) * 512;
    blocks.push({ header: tar.subarray(at, at + 512), body: tar.subarray(at + 512, end) });
    at = end;
  }
  return blocks;
}

function pathOf({ header }: Block): Buffer {
  return header.subarray(0, 100);
}
