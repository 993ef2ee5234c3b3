import { join } from "node:path";
import { changeLine, type Entry, putAside } from "../entry.ts";
import { environmentOf } from "../lab.ts";
import { measure, type Time, type Timed } from "../measure.ts";
import { run } from "../run.ts";
import type { Table } from "../table.ts";

/** How long it takes to make the thing. */
export function measureBuilds(entries: readonly Entry[], { rounds }: { readonly rounds: number }): Table {
  const few = Math.ceil(rounds / 3);
  const base = "holdall";
  const limit = copyOf(entries);
  return {
    id: "build",
    application: entries[0]?.application.title ?? "",
    title: "Builds",
    text: TEXT,
    columns: [
      { name: "cold", base, values: measureBoth(entries, emptyAll, { rounds: Math.ceil(rounds / 6) }) },
      {
        name: "warm",
        base,
        values: measureBoth(entries, ({ input }) => putAside(input.output), { rounds: few, limit }),
      },
      { name: "one line changed", base, values: measureBoth(entries, changeLine, { rounds: few, limit }) },
    ],
  };
}

interface Builds {
  readonly rounds: number;
  readonly limit?: readonly Timed[];
}

/** Every entry was built before, so there is no round that warms. What is slow waits until the others are done. */
function measureBoth(
  entries: readonly Entry[],
  prepare: (entry: Entry) => void,
  { rounds, limit = [] }: Builds,
): Map<string, Time> {
  const timed = (isSlow: boolean) =>
    entries
      .filter(({ contender }) => (contender.isSlow ?? false) === isSlow)
      .map((entry) => ({
        name: entry.name,
        prepare: () => prepare(entry),
        work: () => entry.contender.build(entry.input),
      }));
  const quick = measure([...timed(false), ...limit], { rounds, hasWarmUp: false });
  return new Map([...quick, ...measure(timed(true), { rounds: 1, hasWarmUp: false })]);
}

const TEXT = `Cold: every cache of the tool, of pip and of uv is empty, and nothing was built before; the wheels are in a local
directory, as if they had been downloaded. PyInstaller then makes its virtual environment and installs itself into it.
Warm: nothing changed, the output was deleted. One line changed: a comment at the end of a module; the venv gets the new
file and is compiled. Holdall checks imports unless told not to; none of
the others does. PyInstaller was measured once.`;

function emptyAll({ input }: Entry): void {
  putAside(input.cache);
  putAside(input.output);
  environmentOf(input.lab, input.cache);
}

function copyOf(entries: readonly Entry[]): Timed[] {
  const holdall = entries.find(({ name }) => name === "holdall");
  if (holdall === undefined) return [];
  const { lab, output, env } = holdall.input;
  const to = join(lab.scratch, "copy");
  return [
    {
      name: "limit: `cp` of the artifact",
      prepare: () => putAside(to),
      work: () => run(["cp", output, to], { cwd: lab.scratch, env }),
    },
  ];
}
