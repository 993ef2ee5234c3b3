import { once } from "node:events";
import { createWriteStream, renameSync, rmSync, statSync, type WriteStream } from "node:fs";
import { undefinedIfMissing } from "../../system/file-errors.ts";

export interface LogLine {
  /** ISO 8601, UTC. */
  readonly at: string;
  readonly stream: "stdout" | "stderr";
  readonly line: string;
}

export interface ProcessLogOptions {
  /** A file that is larger is put aside, and the one aside before is removed. */
  readonly maxBytes: number;
  /** Kept in memory, for the end of a report. */
  readonly lastLines: number;
}

const USUAL: ProcessLogOptions = { maxBytes: 10 * 1024 * 1024, lastLines: 20 };

/** Of a line; the rest is left out, and the line says so. */
export const MAX_LINE = 16 * 1024;

/** What one process writes: its file, bounded, and its last lines. */
export class ProcessLog {
  readonly path: string;
  readonly #options: ProcessLogOptions;
  readonly #last: LogLine[] = [];
  #file: WriteStream | undefined;
  #size = 0;

  /** @param path - absolute; the one before is `PATH.1`. */
  constructor(path: string, options: Partial<ProcessLogOptions> = {}) {
    this.path = path;
    this.#options = { ...USUAL, ...options };
  }

  /** The last lines, the oldest first. */
  get last(): readonly LogLine[] {
    return this.#last;
  }

  /** Waits while the disk is slower than the process. */
  async write(line: LogLine): Promise<void> {
    this.#last.push(line);
    if (this.#last.length > this.#options.lastLines) this.#last.shift();
    const text = `${line.at} ${line.stream === "stderr" ? "!" : " "} ${line.line}\n`;
    const file = this.#open(Buffer.byteLength(text));
    if (!file.write(text) && !file.destroyed) await Promise.race([once(file, "drain"), once(file, "close")]);
  }

  async close(): Promise<void> {
    const file = this.#file;
    this.#file = undefined;
    if (file !== undefined && !file.destroyed)
      await new Promise<void>((resolve) => file.end(() => resolve()));
  }

  #start(): WriteStream {
    const file = createWriteStream(this.path, { flags: "a", mode: 0o600 });
    // A full disk ends no application: the last lines are still told. The next line tries again.
    file.on("error", () => {
      if (this.#file === file) this.#file = undefined;
    });
    return file;
  }

  #open(bytes: number): WriteStream {
    this.#size = this.#file === undefined ? sizeOf(this.path) : this.#size;
    if (this.#size > 0 && this.#size + bytes > this.#options.maxBytes) {
      this.#file?.end();
      this.#file = undefined;
      rmSync(`${this.path}.1`, { force: true });
      renameSync(this.path, `${this.path}.1`);
      this.#size = 0;
    }
    this.#size += bytes;
    this.#file ??= this.#start();
    return this.#file;
  }
}

function sizeOf(path: string): number {
  try {
    return statSync(path).size;
  } catch (error) {
    return undefinedIfMissing(error as NodeJS.ErrnoException) ?? 0; // fs throws nothing else
  }
}
