import { chmodSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { delimiter, join } from "node:path";

/** What the shell part of a start with a Python inside runs: docs/artifact.md, section 7. */
const PROGRAMS = "mkdir tail head sha256sum gzip tar chmod rm flock mv".split(" ");

export interface ProgramPoint {
  /** Which of its calls: `tar 1`. */
  readonly call: string;
  /** Before the program does its work, or after. */
  readonly moment: "before" | "after";
}

/**
 * A directory for PATH in which each program counts its calls in a log, and ends the start at one of them: `parent`
 * kills the shells and lets the program go on, `group` kills all.
 */
export function writeCrashPrograms(directory: string, path: string): void {
  mkdirSync(directory);
  for (const name of PROGRAMS) {
    const real = path
      .split(delimiter)
      .map((each) => join(each, name))
      .find(isThere);
    if (real === undefined) continue;
    writeFileSync(join(directory, name), render(name, real));
    chmodSync(join(directory, name), 0o755);
  }
}

function isThere(path: string): boolean {
  try {
    return readFileSync(path).length > 0;
  } catch {
    return false;
  }
}

function render(name: string, real: string): string {
  return `#!/bin/sh
echo ${name} >>"$CRASH_LOG"
count=0
while read -r line; do
  [ "$line" != ${name} ] || count=$((count + 1))
done <"$CRASH_LOG"
if [ "$CRASH_AT" = "${name} $count" ]; then
  [ "$CRASH_MOMENT" = before ] || ${real} "$@"
  read -r _ _ _ _ group _ </proc/$$/stat
  if [ "$CRASH_ACTION" = group ]; then
    kill -9 0
  fi
  kill -9 "$PPID" "$group"
  [ "$CRASH_MOMENT" = before ] || exit 0
fi
exec ${real} "$@"
`;
}

/** The calls of a run, as points before and after each. */
export function readProgramPoints(log: string): ProgramPoint[] {
  const counts = new Map<string, number>();
  return readFileSync(log, "utf8")
    .trimEnd()
    .split("\n")
    .flatMap((name) => {
      const count = (counts.get(name) ?? 0) + 1;
      counts.set(name, count);
      const call = `${name} ${count}`;
      return [
        { call, moment: "before" },
        { call, moment: "after" },
      ] as const;
    });
}
