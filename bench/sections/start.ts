import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { diskUsage, type Entry, putAside, startOf } from "../entry.ts";
import { measure, type Timed } from "../measure.ts";
import { run } from "../run.ts";
import { countCalls, countCreated, hasStrace } from "../strace.ts";
import type { Column, Table, Value } from "../table.ts";

/** Warm and first starts, and what they do to the machine. */
export function measureStarts(entries: readonly Entry[], { rounds }: { readonly rounds: number }): Table {
  const few = Math.ceil(rounds / 3);
  const base = "clean venv";
  const moving = entries.filter(({ name }) => name !== base);
  return {
    id: "start",
    application: entries[0]?.application.title ?? "",
    title: "Starts",
    text: TEXT,
    columns: [
      { name: "warm: `check`", base, values: measure(entries.map(warm("check")), { rounds }) },
      { name: "warm: `nothing`", base, values: measure(entries.map(warm("nothing")), { rounds }) },
      {
        name: "first: `check`",
        base: "holdall",
        values: measure(moving.map(first("check")), { rounds: few }),
      },
      {
        name: "first: `nothing`",
        base: "holdall",
        values: measure([...moving.map(first("nothing")), ...limits(entries)], { rounds: few }),
      },
      ...counts(entries),
    ],
  };
}

const TEXT = `\`check\` imports the application and answers one request of its own; \`nothing\` imports nothing. Warm: it was started
before. First: the caches of the tool are empty, the file itself is in the page cache, the disk has nothing left to write; there
is no first start of a venv.
The limits are a \`tar xz\` and a \`cp -r\` of the files that holdall's first start places, bytecode included. System calls
are those of a warm \`check\` with all its processes, files created those of a first one; on disk is the artifact with what
the first \`check\` left in caches.`;

/** Where the caches of warm starts of this entry are. */
const warmCache = ({ input }: Entry) => join(input.cache, "warm");

function warm(command: string): (entry: Entry) => Timed {
  return (entry) => {
    const { argv, ...options } = startOf(entry, { command, cache: warmCache(entry) });
    return { name: entry.name, work: () => run(argv, options) };
  };
}

function first(command: string): (entry: Entry) => Timed {
  return (entry) => {
    const cache = join(entry.input.cache, "first");
    const { argv, ...options } = startOf(entry, { command, cache });
    return { name: entry.name, prepare: () => empty(cache), work: () => run(argv, options) };
  };
}

function empty(cache: string): void {
  putAside(cache);
  mkdirSync(join(cache, "tmp"), { recursive: true });
}

/** What no first start can be quicker than; of the layers that holdall has in its store. */
function limits(entries: readonly Entry[]): Timed[] {
  const holdall = entries.find(({ name }) => name === "holdall");
  if (holdall === undefined) return [];
  const { lab, env, cache } = holdall.input;
  const options = { cwd: lab.scratch, env };
  const store = join(warmCache(holdall), "holdall");
  const packed = join(cache, "layers.tar.gz");
  const out = join(cache, "limit");
  run(["tar", "-czf", packed, "-C", store, "layers"], options);
  const prepare = () => {
    putAside(out);
    mkdirSync(out);
  };
  const limit = (name: string, argv: [string, ...string[]]): Timed => ({
    name: `limit: ${name} of the same files`,
    prepare,
    work: () => run(argv, options),
  });
  return [
    limit("`tar xz`", ["tar", "-xzf", packed, "-C", out]),
    limit("`cp -r`", ["cp", "-r", join(store, "layers"), out]),
  ];
}

function counts(entries: readonly Entry[]): Column[] {
  const calls = new Map<string, Value>();
  const created = new Map<string, Value>();
  const disk = new Map<string, Value>();
  for (const entry of entries) {
    const { name, input } = entry;
    const again = startOf(entry, { command: "check", cache: warmCache(entry) });
    if (hasStrace()) calls.set(name, { kind: "count", count: countCalls(again.argv, again) });
    const cache = join(input.cache, "first");
    const started = startOf(entry, { command: "check", cache });
    empty(cache);
    if (hasStrace()) created.set(name, { kind: "count", count: countCreated(started.argv, started) });
    else run(started.argv, started);
    disk.set(name, { kind: "bytes", bytes: diskUsage([input.output, cache], input.env) });
  }
  return [
    { name: "system calls", base: "clean venv", values: calls },
    { name: "files created", values: created },
    { name: "on disk", base: "clean venv", values: disk },
  ];
}
