import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { test } from "node:test";
import { replaceRequirement } from "./applications.ts";
import { judge } from "./goals.ts";
import { measure, summarize, type Time } from "./measure.ts";
import { BLOCK_SIZE, countMoved, indexBlocks } from "./moved-bytes.ts";
import { parseOptions } from "./options.ts";
import { renderReport } from "./report.ts";
import { parseCreated } from "./strace.ts";
import type { Table } from "./table.ts";

const SAMPLES: [samples: number[], medianMs: number, spreadMs: number][] = [
  [[5], 5, 0],
  [[4, 2], 3, 0.5],
  [[9, 1, 3, 5, 7], 5, 2],
];

for (const [samples, medianMs, spreadMs] of SAMPLES) {
  test(`the median of ${samples.join(", ")} is ${medianMs}, about ${spreadMs}`, () => {
    assert.deepEqual(summarize(samples), { kind: "time", medianMs, spreadMs, runs: samples.length });
  });
}

test("rounds take all in turn, and the first is not counted", () => {
  const calls: string[] = [];
  const timed = ["a", "b"].map((name) => ({
    name,
    prepare: () => calls.push(`prepare ${name}`),
    work: () => calls.push(name),
  }));
  const times = measure(timed, { rounds: 1 });
  const round = ["prepare a", "a", "prepare b", "b"];
  assert.deepEqual(calls, [...round, ...round]);
  assert.deepEqual([...times.keys()], ["a", "b"]);
});

test("a file that is there as it is moves nothing, however small", () => {
  const index = indexBlocks([Buffer.from("old"), Buffer.from("other")]);
  assert.deepEqual(countMoved(index, Buffer.from("other")), { whole: 0, moved: 0 });
  assert.deepEqual(countMoved(index, Buffer.from("new")), { whole: 3, moved: 3 });
});

test("known blocks are found at any place, and the rest moves", () => {
  const old = randomBytes(5 * BLOCK_SIZE);
  const inserted = Buffer.concat([old.subarray(0, BLOCK_SIZE), Buffer.from("new"), old.subarray(BLOCK_SIZE)]);
  assert.deepEqual(countMoved(indexBlocks([old]), inserted), { whole: inserted.length, moved: 3 });
  const cut = Buffer.concat([old.subarray(0, 100), old.subarray(BLOCK_SIZE)]);
  assert.deepEqual(countMoved(indexBlocks([old]), cut), { whole: cut.length, moved: 100 });
});

test("a requirement is replaced with its hashes, and the others stay", () => {
  const file = "a==1 \\\n    --hash=sha256:11\nab==1 \\\n    --hash=sha256:22\n";
  assert.equal(
    replaceRequirement(file, "a==0 \\\n    --hash=sha256:00\n"),
    "a==0 \\\n    --hash=sha256:00\nab==1 \\\n    --hash=sha256:22\n",
  );
  assert.throws(() => replaceRequirement(file, "b==0 \\\n"), { message: "no line requires b" });
});

test("files that a program creates are counted from strace, failures are not", () => {
  const lines = [
    '7 openat(AT_FDCWD, "a", O_WRONLY|O_CREAT|O_TRUNC, 0666) = 3',
    '7 openat(AT_FDCWD, "b", O_WRONLY|O_CREAT|O_EXCL, 0666) = -1 EEXIST (File exists)',
    '8 openat(AT_FDCWD, "c", O_WRONLY|O_CREAT, 0666 <unfinished ...>',
    "8 <... openat resumed>) = 4",
    '8 linkat(AT_FDCWD, "c", AT_FDCWD, "d", 0) = 0',
    '8 openat(AT_FDCWD, "e", O_RDONLY) = 3',
  ];
  assert.equal(parseCreated(lines.join("\n")), 3);
});

test("a part is chosen by names, and an unknown one is refused", () => {
  const part = parseOptions(["--only", "flask", "--sections", "build,size"], {});
  assert.deepEqual(part.sections, ["size", "build"]);
  assert.deepEqual([part.applications.map(({ name }) => name), part.isWhole], [["flask"], false]);
  assert.equal(parseOptions([], { BENCH_ROUNDS: "3" }).rounds, 3);
  assert.throws(() => parseOptions(["--only", "rails"], {}), /there is no rails: choose of flask, django/);
});

const time = (medianMs: number): Time => ({ kind: "time", medianMs, spreadMs: 1, runs: 3 });
const starts = (application: string, holdallMs: number): Table => ({
  ...{ id: "start", application, title: "Starts", text: "How they start." },
  columns: [
    {
      name: "warm: `check`",
      base: "clean venv",
      values: new Map([
        ["clean venv", time(100)],
        ["holdall", time(holdallMs)],
      ]),
    },
    { name: "on disk", values: new Map([["holdall", { kind: "bytes", bytes: 1_500_000 }]]) },
  ],
});

test("the report has goals first, then a table for each application", () => {
  const tables = [starts("Flask", 101), starts("Django", 110)];
  const head = { versions: ["pex 2.0"], absent: ["Not measured: x. It is not there."], date: "2026-01-02" };
  const report = renderReport({ tables, judgements: judge(tables), ...head });
  const wanted = [
    "Written by `npm run bench` on 2026-01-02: pex 2.0.",
    "Not measured: x. It is not there.",
    "| goal | at most | Flask | Django | met |",
    "| warm start, against a clean venv | 1.02 | 1.01 | 1.10 | in part |",
    "### Flask",
    "| clean venv | 100 ± 1 ms | – |",
    "| holdall | 101 ± 1 ms (1.01) | 1.50 MB |",
    "### Django",
    "| clean venv | 100 ± 1 ms | – |",
    "| holdall | 110 ± 1 ms (1.10) | 1.50 MB |",
  ];
  const found = report.split("\n").filter((line) => wanted.includes(line));
  assert.deepEqual(found, wanted);
});
