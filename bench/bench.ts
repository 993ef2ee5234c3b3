import { mkdtempSync, writeFileSync } from "node:fs";
import { cpus, release, tmpdir } from "node:os";
import { join } from "node:path";
import type { Application } from "./applications.ts";
import type { Contender, Section } from "./contenders/contender.ts";
import { CONTENDERS } from "./contenders/registry.ts";
import { type Entry, makeEntry, removeTree } from "./entry.ts";
import { judge } from "./goals.ts";
import { type Lab, openLab } from "./lab.ts";
import { type Options, parseOptions } from "./options.ts";
import { renderReport, renderTables } from "./report.ts";
import { measureBuilds } from "./sections/build.ts";
import { measureChanges } from "./sections/change.ts";
import { measureInside } from "./sections/inside.ts";
import { measureSizes } from "./sections/size.ts";
import { measureStarts } from "./sections/start.ts";
import type { Table } from "./table.ts";

// Numbers beside their alternatives, all from one run on one machine. Nothing here passes or fails.
const DOCUMENT = join(import.meta.dirname, "../docs/benchmarks.md");

type Measure = (entries: readonly Entry[], options: Options) => Table | Promise<Table>;

/** Changed sources and emptied caches are no matter to what comes after. */
const MEASURES: readonly [Section, Measure][] = [
  ["size", measureSizes],
  ["start", measureStarts],
  ["change", measureChanges],
  ["inside", measureInside],
  ["build", measureBuilds],
];

const options = parseOptions(process.argv.slice(2), process.env);
const scratch = mkdtempSync(join(tmpdir(), "holdall-bench-"));
for (const signal of ["SIGINT", "SIGTERM"] as const) {
  process.once(signal, () => {
    removeTree(scratch);
    process.exit(130);
  });
}
try {
  const report = await runBench(options);
  if (options.isWhole) writeFileSync(DOCUMENT, report);
  process.stdout.write(report);
} finally {
  removeTree(scratch);
}

async function runBench({ applications }: Options): Promise<string> {
  const lab = openLab(scratch, applications);
  const tables: Table[] = [];
  for (const application of applications) tables.push(...(await measureApplication(lab, application)));
  const [linux = ""] = /^\d+\.\d+/.exec(release()) ?? [];
  const machine = [`Node ${process.version}`, `Linux ${linux}`, `${cpus().length} processors`];
  return renderReport({
    tables,
    judgements: judge(tables),
    versions: [...lab.versions, ...machine],
    absent: absentContenders(lab),
    date: new Date().toISOString().slice(0, 10),
  });
}

async function measureApplication(lab: Lab, application: Application): Promise<Table[]> {
  const wanted = options.sections.filter((name) => application.sections.includes(name));
  const measures = MEASURES.filter(([name]) => wanted.includes(name));
  const entries = CONTENDERS.filter(
    (contender) =>
      measures.some(([name]) => contender.sections.includes(name)) &&
      reasonAgainst(lab, contender) === undefined,
  ).map((contender) => {
    progress(`${application.name}: ${contender.name}`);
    return makeEntry(lab, application, contender);
  });
  const tables: Table[] = [];
  for (const [name, work] of measures) {
    progress(`${application.name}: ${name}`);
    const rows = entries.filter(({ contender }) => contender.sections.includes(name));
    const table = await work(rows, options);
    // Minutes of measuring should not be lost when something later fails.
    process.stderr.write(`${renderTables([table]).join("\n")}\n`);
    tables.push(table);
  }
  return tables;
}

/** Why a contender is not measured. */
function reasonAgainst(lab: Lab, { name, lacks }: Contender): string | undefined {
  const isLeftOut = options.without !== undefined && name.startsWith(options.without);
  return isLeftOut ? "It was left out of this run" : lacks?.(lab);
}

function absentContenders(lab: Lab): string[] {
  return CONTENDERS.flatMap((contender) => {
    const reason = reasonAgainst(lab, contender);
    return reason === undefined ? [] : [`Not measured: ${contender.name}. ${reason}.`];
  });
}

function progress(text: string): void {
  process.stderr.write(`${new Date().toISOString().slice(11, 19)} ${text}\n`);
}
