import { spawnSync } from "node:child_process";

export interface Contender {
  readonly name: string;
  /** Runs once; what it does before `time` is called is not counted. */
  readonly run: (time: (work: () => void) => void) => void;
}

export interface Timing {
  readonly name: string;
  readonly medianMs: number;
  /** Half the distance between the quartiles: what "about" means for this median. */
  readonly spreadMs: number;
  readonly runs: number;
}

/**
 * Times all contenders in turn, round after round, so that a machine which slows down slows down for each of them.
 * The first round warms caches and is thrown away.
 */
export function measure(contenders: readonly Contender[], { rounds }: { readonly rounds: number }): Timing[] {
  const samples = contenders.map((): number[] => []);
  for (let round = 0; round <= rounds; round += 1) {
    for (const [index, contender] of contenders.entries()) {
      let elapsedMs = 0;
      contender.run((work) => {
        const startMs = performance.now();
        work();
        elapsedMs += performance.now() - startMs;
      });
      if (round > 0) samples[index]?.push(elapsedMs);
    }
  }
  return contenders.map(({ name }, index) => summarize(name, samples[index] ?? []));
}

function summarize(name: string, samples: readonly number[]): Timing {
  const sorted = samples.toSorted((a, b) => a - b);
  const at = (fraction: number) => sorted[Math.round(fraction * (sorted.length - 1))] ?? Number.NaN;
  return { name, medianMs: at(0.5), spreadMs: (at(0.75) - at(0.25)) / 2, runs: sorted.length };
}

/** Runs a program to its end; a failure ends the bench, because its time would mean nothing. */
export function run(
  argv: readonly [string, ...string[]],
  { cwd, env }: { readonly cwd: string; readonly env: NodeJS.ProcessEnv },
): void {
  const [program, ...args] = argv;
  const { status, stderr, error } = spawnSync(program, args, {
    cwd,
    env,
    stdio: ["ignore", "ignore", "pipe"],
  });
  if (error !== undefined) throw error;
  if (status !== 0) throw new Error(`${argv.join(" ")} ended with ${status}\n${stderr}`);
}
