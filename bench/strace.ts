import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { type RunOptions, run } from "./run.ts";

type Argv = readonly [string, ...string[]];

const STRACE = "/usr/bin/strace";

export function hasStrace(): boolean {
  return existsSync(STRACE);
}

/** System calls of a program and of all that it starts. */
export function countCalls(argv: Argv, options: RunOptions): number {
  const summary = trace(["-c", "-U", "calls,name"], argv, options);
  return Number.parseInt(/^\s*(\d+) total$/m.exec(summary)?.[1] ?? "", 10);
}

/** Files that a program, and all that it starts, creates or links: also those that it removes again. */
export function countCreated(argv: Argv, options: RunOptions): number {
  return parseCreated(trace(["-e", "trace=open,openat,creat,link,linkat,symlink,symlinkat"], argv, options));
}

/** @param lines - of strace; a call that another thread interrupted has its arguments in its first line. */
export function parseCreated(lines: string): number {
  return lines
    .split("\n")
    .filter((line) => /O_CREAT| (creat|link|linkat|symlink|symlinkat)\(/.test(line))
    .filter((line) => !/ = -1 E/.test(line)).length;
}

function trace(words: readonly string[], argv: Argv, options: RunOptions): string {
  const output = join(options.cwd, "strace.out");
  run([STRACE, "-f", "-qq", "-o", output, ...words, ...argv], options);
  return readFileSync(output, "utf8");
}
