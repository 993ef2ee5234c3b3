import { availableParallelism } from "node:os";
import { join, relative } from "node:path";
import { run } from "node:test";
import { PACKAGE_ROOT } from "../src/system/package-root.ts";
import { type NumberedCase, readCases } from "../src/testing/hard-case.ts";

// Runs the hard cases and prints what came of each: `npm run cases`, or `npm run cases -- 16 17` for some of them.
const OWN = "src/hard-cases.test.ts";
const wanted = process.argv.slice(2).map(Number);
const cases = (await readCases()).filter(({ number }) => wanted.length === 0 || wanted.includes(number));
if (cases.length === 0) throw new Error(`there is no case ${wanted.join(", ")}`);

/** What went wrong or was left out, by the file of the test and by the number of the case. */
const failed = new Map<string, string>();
const left = new Map<string, string>();
const numbers = cases.filter(({ shownBy }) => shownBy !== undefined).map(({ number }) => number);
// A pattern is compared with the suite's name and the test's; one that fits the suite alone would run all of it.
if (numbers.length > 0) await runTests([OWN], [new RegExp(`^hard cases (?:${numbers.join("|")})\\. `)]);
const elsewhere = new Set(cases.flatMap(listFiles));
if (elsewhere.size > 0) await runTests([...elsewhere]);

for (const each of cases) process.stdout.write(`${String(each.number).padStart(3)}  ${render(each)}\n`);
process.exitCode = failed.size > 0 ? 1 : 0;

async function runTests(files: readonly string[], testNamePatterns?: RegExp[]): Promise<void> {
  const options = { files: files.map((file) => join(PACKAGE_ROOT, file)), cwd: PACKAGE_ROOT };
  const events = run({
    ...options,
    concurrency: availableParallelism(),
    ...(testNamePatterns && { testNamePatterns }),
  });
  for await (const { type, data } of events) {
    if (type !== "test:pass" && type !== "test:fail") continue;
    const place = keyOf(relative(PACKAGE_ROOT, data.file ?? ""), data.name);
    if (type === "test:fail") failed.set(place, data.details.error.message);
    else if (data.skip !== undefined && data.skip !== false) left.set(place, String(data.skip));
  }
}

/** Cases are told apart by their numbers, other tests by their files. */
function keyOf(file: string, name: string): string {
  return file === OWN ? (/^\d+/.exec(name)?.[0] ?? name) : file;
}

function listFiles({ elsewhere = [] }: NumberedCase): string[] {
  return elsewhere.map((reference) => reference.split(":")[0] ?? "");
}

function render(each: NumberedCase): string {
  const places = [...(each.shownBy === undefined ? [] : [String(each.number)]), ...listFiles(each)];
  const failure = places.map((place) => failed.get(place)).find((reason) => reason !== undefined);
  if (failure !== undefined) return `failed   ${each.sentence}\n     ${failure.split("\n")[0]}`;
  const reason = places.map((place) => left.get(place)).find((found) => found !== undefined);
  if (reason !== undefined) return `not run  ${each.sentence}\n     ${reason}`;
  return each.refusal === undefined
    ? `passed   ${each.sentence}`
    : `refused  ${each.sentence}\n     ${each.refusal}`;
}
