import { availableParallelism } from "node:os";
import { parseArgs } from "node:util";
import { PACKAGE_ROOT } from "../src/system/package-root.ts";
import { runProcess } from "../src/system/run-process.ts";
import { type Judgement, judgeMutants } from "../src/testing/mutants/judge-mutants.ts";

// `npm run mutants -- --seed N --count M`: changes good artifacts in M ways that follow from the seed, and has each judged
// by all readers, docs/decisions/0020. `--only INDEX` makes one of them again. Ends with 1 when the readers disagree.
const { values } = parseArgs({
  options: {
    seed: { type: "string", default: String(Math.floor(Math.random() * 2 ** 31)) },
    count: { type: "string", default: "1000" },
    only: { type: "string" },
    /** Of a worker: the first of its indexes, and the step to the next. */
    part: { type: "string" },
  },
});
const seed = parseNumber(values.seed);
const count = parseNumber(values.count);

if (values.part !== undefined) {
  const [first = 0, step = 1] = values.part.split("/").map(parseNumber);
  const indexes = Array.from({ length: Math.ceil((count - first) / step) }, (_, n) => first + n * step);
  process.stdout.write(JSON.stringify(await judgeMutants(seed, indexes)));
} else {
  const start = performance.now();
  const only = values.only === undefined ? undefined : parseNumber(values.only);
  const judgements = only === undefined ? await judgeInWorkers() : [await judgeMutants(seed, [only])];
  const failures = judgements.flatMap((one) => one.failures);
  console.table(sumKinds(judgements));
  for (const { index, kind, reason } of failures) {
    console.log(`--seed ${seed} --only ${index}: ${kind}: ${reason}`);
  }
  const judged = judgements.reduce((sum, one) => sum + one.judged, 0);
  const seconds = ((performance.now() - start) / 1000).toFixed(0);
  console.log(`seed ${seed}: ${judged} mutants in ${seconds} s, ${failures.length} failures`);
  process.exitCode = failures.length > 0 ? 1 : 0;
}

function judgeInWorkers(): Promise<Judgement[]> {
  const workers = Math.min(availableParallelism(), count);
  return Promise.all(
    Array.from({ length: workers }, async (_, first): Promise<Judgement> => {
      const words = ["--seed", String(seed), "--count", String(count), "--part", `${first}/${workers}`];
      const argv = [process.execPath, import.meta.filename, ...words];
      const { status, stdout, stderr } = await runProcess(argv, { env: process.env, cwd: PACKAGE_ROOT });
      if (status !== 0) throw new Error(`a worker ended with ${status}: ${stderr}`);
      return JSON.parse(stdout); // what judgeMutants returned above
    }),
  );
}

function sumKinds(judgements: readonly Judgement[]): Record<string, Record<string, number>> {
  const sums: Record<string, Record<string, number>> = {};
  for (const [kind, counts] of judgements.flatMap((one) => Object.entries(one.kinds))) {
    const sum = sums[kind] ?? {};
    sums[kind] = sum;
    for (const [name, number] of Object.entries(counts)) sum[name] = (sum[name] ?? 0) + number;
  }
  return sums;
}

function parseNumber(text: string): number {
  const number = Number(text);
  if (!Number.isSafeInteger(number) || number < 0) throw new Error(`${text} is not a number`);
  return number;
}
