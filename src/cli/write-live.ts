import type { Writable } from "node:stream";

/**
 * Writes a log that never ends by itself. The promise, if there is one, is kept when the reader has room again: who waits for
 * it before writing more keeps memory bounded. After the signal nobody waits for a reader that is slow, or has stopped: what it
 * does not take is left out.
 */
export function writeLive(
  open: () => Writable,
  signal: AbortSignal,
): (text: string) => Promise<void> | undefined {
  let room: Promise<void> | undefined;
  return (text) => {
    const stream = open();
    if (signal.aborted && stream.writableNeedDrain) return undefined;
    if (stream.write(text) || signal.aborted || stream.destroyed) return undefined;
    room ??= waitForRoom(stream, signal).finally(() => {
      room = undefined;
    });
    return room;
  };
}

function waitForRoom(stream: Writable, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const end = () => {
      for (const event of ["drain", "close"]) stream.off(event, end);
      signal.removeEventListener("abort", end);
      resolve();
    };
    for (const event of ["drain", "close"]) stream.on(event, end);
    signal.addEventListener("abort", end, { once: true });
  });
}
