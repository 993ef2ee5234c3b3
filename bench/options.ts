import { parseArgs } from "node:util";
import { APPLICATIONS, type Application } from "./applications.ts";
import type { Section } from "./contenders/contender.ts";

const SECTIONS: readonly Section[] = ["size", "start", "change", "inside", "build"];

export interface Options {
  readonly applications: readonly Application[];
  readonly sections: readonly Section[];
  /** Of warm starts; what takes longer has a part of them. */
  readonly rounds: number;
  /** Contenders whose names start with this are left out. */
  readonly without: string | undefined;
  /** All applications and sections are measured, so the document is written. */
  readonly isWhole: boolean;
}

/** `--only flask,django --sections start,size --without PyInstaller`, and BENCH_ROUNDS. */
export function parseOptions(words: readonly string[], env: NodeJS.ProcessEnv): Options {
  const { values } = parseArgs({
    args: [...words],
    options: { only: { type: "string" }, sections: { type: "string" }, without: { type: "string" } },
  });
  const names = APPLICATIONS.map(({ name }) => name);
  const only = choose(names, values.only);
  const rounds = Number(env["BENCH_ROUNDS"] ?? 9);
  if (!Number.isInteger(rounds) || rounds < 1) throw new Error("BENCH_ROUNDS is not a number from 1 on");
  return {
    applications: APPLICATIONS.filter(({ name }) => only.includes(name)),
    sections: choose(SECTIONS, values.sections),
    rounds,
    without: values.without,
    isWhole: values.only === undefined && values.sections === undefined,
  };
}

function choose<Name extends string>(names: readonly Name[], wanted: string | undefined): readonly Name[] {
  if (wanted === undefined) return names;
  const words = wanted.split(",");
  const unknown = words.filter((word) => !names.some((name) => name === word));
  if (unknown.length > 0) throw new Error(`there is no ${unknown.join(", ")}: choose of ${names.join(", ")}`);
  return names.filter((name) => words.includes(name));
}
