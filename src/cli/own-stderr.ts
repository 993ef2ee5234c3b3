import { writeSync } from "node:fs";
import { Writable } from "node:stream";
import { isatty } from "node:tty";
import { errnoOf } from "../system/file-errors.ts";

const STDERR = 2;
const BETWEEN_MS = 5;

/**
 * Makes `process.stderr` a stream that writes at once, where it is no terminal. Node's own sets O_NONBLOCK on a pipe,
 * nobody takes that back, and a program that `run` becomes would inherit it: its writes would fail when the reader is
 * slow. Node opens its own whenever somebody loads all of node:util.
 */
export function ownStderr(): void {
  if (isatty(STDERR)) return;
  const value = new Writable({
    write(chunk: Uint8Array, _encoding, done) {
      writeAll(chunk);
      done();
    },
  });
  Object.defineProperty(process, "stderr", { value, configurable: true, enumerable: true });
}

function writeAll(bytes: Uint8Array): void {
  for (let written = 0; written < bytes.length; ) {
    try {
      written += writeSync(STDERR, bytes, written);
    } catch (error) {
      if (errnoOf(error) === "EPIPE") return; // nobody reads what went wrong
      if (errnoOf(error) !== "EAGAIN") throw error;
      // Somebody else has set it already.
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, BETWEEN_MS);
    }
  }
}
