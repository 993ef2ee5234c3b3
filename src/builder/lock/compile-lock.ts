import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { sha256 } from "../../artifact/measure.ts";
import type { Description } from "../../description/description.ts";
import { AppError } from "../../errors/app-error.ts";
import { type BuildRun, reportStep } from "../build-run.ts";
import { compareVersions } from "../elf/libc-floor.ts";
import type { BuildTarget } from "../target/build-target.ts";
import { runUv } from "../uv/run-uv.ts";
import { HOLDALL_LOCK, type HoldallLock } from "./holdall-lock.ts";
import type { LockedDistribution } from "./lock.ts";
import type { LockInput } from "./read-own-lock.ts";
import { parsePinnedRequirements } from "./requirements.ts";

/** All that resolving depends on; its digest tells whether a lock is still right. */
export interface Wanted {
  readonly requirements: readonly string[];
  readonly constraints: readonly LockedDistribution[] | readonly string[];
  /** Files with metadata of the application itself, and their contents. */
  readonly paths: readonly (readonly [path: string, text: string])[];
  readonly python?: string;
  readonly added?: readonly string[];
}

/** What is resolved by, and for: all targets are served by one lock. */
export interface CompileInput extends Pick<LockInput, "findUv"> {
  readonly targets: readonly BuildTarget[];
}

/** The oldest Python that the lock should serve: the least that the description allows, else the oldest target's. */
export function pythonFloor({ python }: Description, targets: readonly BuildTarget[]): string {
  const least = /(?:>=|~=|==)\s*(\d+\.\d+)/.exec(python ?? "")?.[1];
  return least ?? oldestPython(targets);
}

function oldestPython(targets: readonly BuildTarget[]): string {
  const [oldest] = targets.map(({ interpreter }) => interpreter.version).sort(compareVersions);
  if (oldest === undefined) throw new Error("a lock without targets");
  return oldest;
}

export function digestOf(wanted: Wanted): string {
  return `sha256:${sha256(Buffer.from(JSON.stringify(wanted)))}`;
}

/** What a lock was resolved for, if that is still wanted: for all Pythons that the description allows, or for the targets'. */
export function findSame(
  old: HoldallLock | undefined,
  wanted: Wanted,
  { targets }: Pick<CompileInput, "targets">,
): Wanted | undefined {
  const narrower = { ...wanted, python: oldestPython(targets) };
  return [wanted, narrower].find((each) => digestOf(each) === old?.inputs);
}

/**
 * For all Pythons that the description allows; or, as many applications have long lost the oldest of them, for those of the
 * targets. @param preferred - as for `compile`.
 */
export async function compileWidely(
  run: BuildRun,
  input: CompileInput,
  wanted: Wanted,
  preferred: string | undefined,
): Promise<Compiled & { readonly wanted: Wanted }> {
  const narrower = { ...wanted, python: oldestPython(input.targets) };
  try {
    return { ...(await compile(run, input, wanted, preferred)), wanted };
  } catch (error) {
    const isHopeless = !(error instanceof AppError) || error.code !== "resolve_failed";
    if (isHopeless || wanted.python === narrower.python) throw error;
    return { ...(await compile(run, input, narrower, preferred)), wanted: narrower };
  }
}

type Compiled = Pick<HoldallLock, "distributions" | "pins">;

/** @param preferred - lines of a lock whose versions are kept where they fit. */
export async function compile(
  run: BuildRun,
  { findUv, targets }: CompileInput,
  { requirements, constraints, paths, python = oldestPython(targets), added = [] }: Wanted,
  preferred: string | undefined,
): Promise<Compiled> {
  const all = [...requirements, ...added];
  if (all.length === 0 && paths.length === 0) return { distributions: [], pins: "" };
  const uv = await findUv();
  return reportStep(run, "resolve", { count: all.length + paths.length }, async () => {
    const directory = join(run.work, "resolve");
    await mkdir(directory, { recursive: true });
    const output = join(directory, "resolved.txt");
    const limits = join(directory, "constraints.txt");
    // uv prefers the versions of an output file that is there.
    await writeFile(output, preferred ?? "");
    await writeFile(limits, constraints.map(renderConstraint).join("\n"));
    const form = ["--universal", "--generate-hashes", "--no-annotate", "--no-header", "--no-emit-index-url"];
    const target = ["--python", uv.interpreter.executable, "--python-version", python];
    const sources = [...paths.map(([path]) => path), ...(all.length > 0 ? ["-"] : [])];
    await runUv(run, uv, {
      args: ["pip", "compile", "-q", ...form, ...target, "--constraints", limits, "-o", output, ...sources],
      input: `${all.join("\n")}\n`,
      step: "resolve",
      goal: "resolve the requirements",
    });
    const pins = await readFile(output, "utf8");
    const hint = "Name a version of an index instead.";
    return { pins, distributions: parsePinnedRequirements(pins, HOLDALL_LOCK, hint) };
  });
}

function renderConstraint(constraint: LockedDistribution | string): string {
  if (typeof constraint === "string") return constraint;
  const { name, version, marker } = constraint;
  return `${name}==${version}${marker === undefined ? "" : ` ; ${marker}`}`;
}
