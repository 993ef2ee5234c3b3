import type { TargetPlatform } from "../../description/target-platform.ts";
import type { BuildRun } from "../build-run.ts";
import { findInterpreter } from "../python/find-interpreter.ts";
import { ensureManagedInterpreter, parseManagedRequest } from "../python/managed-interpreter.ts";
import type { Uv, UvMachine } from "../uv/run-uv.ts";
import { type BuildTarget, makeBuildTarget } from "./build-target.ts";

export interface WantedTargets {
  /** Versions or paths, the preferred one first; empty: the one that fits this machine best. */
  readonly pythons: readonly string[];
  /** Empty: this machine. */
  readonly platforms: readonly TargetPlatform[];
  /** PEP 440 specifier of the description. */
  readonly requirement: string | undefined;
  /** Only asked for when a Python that uv manages is wanted. */
  readonly findUv: () => Promise<Uv<UvMachine>>;
}

/**
 * Every wanted Python on every wanted platform.
 *
 * @throws AppError `python_not_found`, and what ensureManagedInterpreter() throws.
 */
export async function planTargets(
  run: BuildRun,
  { pythons, platforms, requirement, findUv }: WantedTargets,
): Promise<readonly [BuildTarget, ...BuildTarget[]]> {
  const targets: BuildTarget[] = [];
  for (const wanted of pythons.length === 0 ? [undefined] : pythons) {
    const managed = parseManagedRequest(wanted);
    const interpreter = managed
      ? await ensureManagedInterpreter(run, await findUv(), { ...managed, requirement })
      : await findInterpreter(run, { wanted, requirement });
    if (targets.some((target) => target.interpreter.abi === interpreter.abi)) continue; // 3.11 and 3.11.2
    for (const platform of platforms.length === 0 ? [undefined] : platforms) {
      targets.push(makeBuildTarget(interpreter, platform));
    }
  }
  const [first, ...others] = targets;
  if (first === undefined) throw new Error("no target was planned");
  return [first, ...others];
}
