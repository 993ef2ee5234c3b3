import { cpSync, mkdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { diffArtifacts } from "../../src/artifact/diff-artifacts.ts";
import { openArtifact } from "../../src/artifact/open-artifact.ts";
import { goBackOneRelease } from "../applications.ts";
import { changeLine, type Entry, listFiles, putAside } from "../entry.ts";
import { environmentOf } from "../lab.ts";
import { countMoved, indexBlocks } from "../moved-bytes.ts";
import type { Column, Table, Value } from "../table.ts";

/** What is different in the next version, and so what a host lacks that has the last one. */
export async function measureChanges(entries: readonly Entry[]): Promise<Table> {
  const line = newColumns();
  const upgrade = newColumns();
  const size = new Map<string, Value>();
  for (const entry of entries) {
    const { output, cache } = entry.input;
    const [changed, before] = [join(cache, "changed"), join(cache, "before")];
    changeLine(entry);
    // Over the last version, as each would do it: a venv that is made anew has other times in all of its bytecode.
    cpSync(output, changed, { recursive: true, preserveTimestamps: true, verbatimSymlinks: true });
    entry.contender.build({ ...entry.input, output: changed });
    size.set(entry.name, bytes(sum(listFiles(changed).map((path) => statSync(path).size))));
    compare(entry.name, { from: output, to: changed }, line);
    if (entry.contender.isSlow !== true) {
      buildBefore(entry, before);
      compare(entry.name, { from: before, to: changed }, upgrade);
    }
    if (entry.name === "holdall") {
      const name = "holdall, by layers";
      size.set(name, bytes(statSync(changed).size));
      line.moved.set(name, bytes(await countLayers(output, changed)));
      upgrade.moved.set(name, bytes(await countLayers(before, changed)));
    }
    putAside(changed);
    putAside(before);
  }
  return {
    id: "change",
    application: entries[0]?.application.title ?? "",
    title: "Changes",
    text: TEXT,
    columns: [
      { name: "size", values: size },
      ...toColumns("one line", line),
      ...toColumns("upgrade", upgrade),
    ],
  };
}

const TEXT = `One line: a comment in a module. Upgrade: from the release before of one distribution (werkzeug, Django, numpy).
Whole: all of the files whose content is another. Moved: of these, what is not in a block of 4 KiB of the old files, at
whatever place; that is what rsync and zsync send, but for their checksums. "By layers" is what \`holdall diff\` says: the
compressed layers that the old artifact does not have, and the small members. Directories are uncompressed.`;

interface Columns {
  readonly whole: Map<string, Value>;
  readonly moved: Map<string, Value>;
}

const newColumns = (): Columns => ({ whole: new Map(), moved: new Map() });

function toColumns(name: string, { whole, moved }: Columns): Column[] {
  return [
    { name: `${name}: whole`, values: whole },
    { name: `${name}: moved`, values: moved },
  ];
}

/** In a cache of its own: PyInstaller's environment has the distributions of one version. */
function buildBefore(entry: Entry, output: string): void {
  const { input, application, contender } = entry;
  const cache = join(input.cache, "release-before");
  const copy = join(cache, "app");
  mkdirSync(cache, { recursive: true });
  cpSync(input.directory, copy, { recursive: true });
  goBackOneRelease(application, copy);
  contender.build({ ...input, directory: copy, output, cache, env: environmentOf(input.lab, cache) });
  putAside(cache);
}

function compare(
  name: string,
  { from, to }: { readonly from: string; readonly to: string },
  { whole, moved }: Columns,
): void {
  const index = indexBlocks(readAll(from));
  let [wholeBytes, movedBytes] = [0, 0];
  for (const file of readAll(to)) {
    const count = countMoved(index, file);
    wholeBytes += count.whole;
    movedBytes += count.moved;
  }
  whole.set(name, bytes(wholeBytes));
  moved.set(name, bytes(movedBytes));
}

function* readAll(path: string): Generator<Buffer> {
  for (const file of listFiles(path)) yield readFileSync(file);
}

async function countLayers(from: string, to: string): Promise<number> {
  return diffArtifacts(await openArtifact(from), await openArtifact(to)).bytesToMove;
}

const bytes = (count: number): Value => ({ kind: "bytes", bytes: count });
const sum = (numbers: readonly number[]): number => numbers.reduce((total, each) => total + each, 0);
