import { amountOf, type Table } from "./table.ts";

/** A cell: table, row, column. */
type Place = readonly [id: string, row: string, column: string];

interface Goal {
  readonly what: string;
  /** The measured ratio is to be at most this. */
  readonly limit: number;
  readonly of: Place;
  /** The smallest of these is what counts. */
  readonly against: readonly Place[];
}

/** A goal as it was measured. */
export interface Judgement {
  readonly what: string;
  readonly limit: number;
  readonly ratios: readonly { readonly application: string; readonly ratio: number }[];
}

const PEX = ["pex", "pex --venv prepend --sh-boot"];
const ARCHIVES = ["pex", "shiv"];
const PLAIN = "holdall, without bytecode";
const AS_ZSTD = "would be with zstd";

/** Those of ARCHITECTURE.md. */
const GOALS: readonly Goal[] = [
  goal("warm start, against a clean venv", 1.02, ["start", "holdall", "warm: `check`"], ["clean venv"]),
  goal("first start, against pex", 0.5, ["start", "holdall", "first: `check`"], PEX),
  goal("first start, against shiv", 0.7, ["start", "holdall", "first: `check`"], ["shiv"]),
  goal(
    "first start, against raw untar",
    2,
    ["start", "holdall", "first: `nothing`"],
    ["limit: `tar xz` of the same files"],
  ),
  goal("build with a warm cache, against pex", 0.2, ["build", "holdall", "warm"], PEX),
  goal("build with a warm cache, against shiv", 0.2, ["build", "holdall", "warm"], ["shiv"]),
  goal(
    "rebuild after one line, against `cp`",
    2,
    ["build", "holdall", "one line changed"],
    ["limit: `cp` of the artifact"],
  ),
  goal("size without bytecode, against a pex or shiv", 0.9, ["size", PLAIN, "size"], ARCHIVES),
  {
    what: "the same with zstd, estimated",
    limit: 0.65,
    of: ["size", PLAIN, AS_ZSTD],
    against: ARCHIVES.map((row): Place => ["size", row, "size"]),
  },
  {
    what: "size with bytecode and zstd, estimated, against a pex or shiv without",
    limit: 1,
    of: ["size", "holdall", AS_ZSTD],
    against: ARCHIVES.map((row): Place => ["size", row, "size"]),
  },
  {
    what: "bytes that move after a one-line change, against the artifact",
    limit: 0.01,
    of: ["change", "holdall, by layers", "one line: moved"],
    against: [["change", "holdall, by layers", "size"]],
  },
];

function goal(what: string, limit: number, of: Place, rows: readonly string[]): Goal {
  const [id, , column] = of;
  return { what, limit, of, against: rows.map((row): Place => [id, row, column]) };
}

/** Goals for which something was measured. */
export function judge(tables: readonly Table[]): Judgement[] {
  const applications = [...new Set(tables.map(({ application }) => application))];
  return GOALS.map(({ what, limit, of, against }) => ({
    what,
    limit,
    ratios: applications.flatMap((application) => {
      const amount = findAmount(tables, application, of);
      const others = against.flatMap((place) => findAmount(tables, application, place) ?? []);
      if (amount === undefined || others.length === 0) return [];
      return [{ application, ratio: amount / Math.min(...others) }];
    }),
  })).filter(({ ratios }) => ratios.length > 0);
}

function findAmount(
  tables: readonly Table[],
  application: string,
  [id, row, column]: Place,
): number | undefined {
  const table = tables.find((each) => each.id === id && each.application === application);
  const value = table?.columns.find(({ name }) => name === column)?.values.get(row);
  return value === undefined ? undefined : amountOf(value);
}

/** One row for each goal, one column for each application. */
export function renderJudgements(judgements: readonly Judgement[]): string[] {
  const applications = [
    ...new Set(judgements.flatMap(({ ratios }) => ratios.map(({ application }) => application))),
  ];
  const line = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;
  return [
    line(["goal", "at most", ...applications, "met"]),
    line(["---", "---:", ...applications.map(() => "---:"), "---"]),
    ...judgements.map(({ what, limit, ratios }) => {
      const of = (application: string) => ratios.find((each) => each.application === application)?.ratio;
      const missed = ratios.filter(({ ratio }) => ratio > limit).length;
      const verdict = missed === 0 ? "yes" : missed === ratios.length ? "no" : "in part";
      return line([what, String(limit), ...applications.map((name) => renderRatio(of(name))), verdict]);
    }),
  ];
}

function renderRatio(ratio: number | undefined): string {
  if (ratio === undefined) return "–";
  return ratio < 0.1 ? ratio.toFixed(4) : ratio.toFixed(2);
}
