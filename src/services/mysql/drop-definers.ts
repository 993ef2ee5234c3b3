import { createReadStream, createWriteStream } from "node:fs";
import { pipeline } from "node:stream/promises";

/** A longer line is of data: nothing is looked for in it, and it is not kept. */
const MAX_LINE = 1024 ** 2;

const BLOCK = "DELIMITER ;;";
/** Routines, triggers, events: once in each block. What follows is their text, in which a line may look the same. */
const CREATE = /^(?:\/\*!\d+ )?CREATE\b.*? DEFINER=/;
const VIEW = /^\/\*!\d+ CREATE ALGORITHM=/;
/** The line after that of a view. */
const VIEW_DEFINER = /^\/\*!\d+ DEFINER=/;
const DEFINER = /DEFINER=(`[^`]*`|"[^"]*")+(?:@(?:`[^`]*`|"[^"]*")+)?/;

/**
 * Copies a dump of mariadb-dump or mysqldump without who has defined its views, routines, triggers and events: only an
 * administrator may name another account, so they become those of whoever restores.
 */
export async function dropDefiners(from: string, to: string): Promise<void> {
  await pipeline(
    createReadStream(from, { encoding: "latin1", highWaterMark: 256 * 1024 }), // each byte a character
    withoutDefiners,
    createWriteStream(to, { encoding: "latin1", flags: "wx", mode: 0o600 }),
  );
}

export async function* withoutDefiners(chunks: AsyncIterable<string>): AsyncGenerator<Buffer> {
  let [start, previous, isInBlock, isLong] = ["", "", false, false];
  const edit = (line: string) => {
    const isDefiner = isInBlock ? CREATE.test(line) : VIEW.test(previous) && VIEW_DEFINER.test(line);
    isInBlock = line === BLOCK || (isInBlock && !isDefiner && !/^DELIMITER /.test(line));
    previous = line;
    return isDefiner ? line.replace(DEFINER, "") : line;
  };
  for await (const chunk of chunks) {
    const lines = (start + chunk).split("\n");
    start = lines.pop() ?? "";
    let text = "";
    for (const line of lines) {
      text += `${isLong ? line : edit(line)}\n`;
      isLong = false;
    }
    if (isLong || start.length > MAX_LINE) [text, start, isLong] = [text + start, "", true];
    yield Buffer.from(text, "latin1");
  }
  yield Buffer.from(isLong ? start : edit(start), "latin1");
}
