import type { Target } from "../../artifact/manifest.ts";
import { compareVersions } from "../elf/libc-floor.ts";

/** A target as it was made, and what it is for by name, should `any` not be true of it beside others. */
export interface MadeFor {
  readonly target: Target;
  readonly machine: Required<Pick<Target, "processor" | "libc">>;
}

/**
 * The targets of an artifact as its manifest has them, the preferred one first: Pythons as they were asked for; of one
 * Python, machine code before none; of one processor and libc, the newer floor first. Targets that are the same after
 * all, such as those of an application without machine code, are one. docs/decisions/0010-several-targets.md.
 *
 * @param made - in the order in which they were asked for.
 */
export function arrangeTargets(made: readonly MadeFor[]): readonly Target[] {
  const targets = made.map((one) => (isAlike(one, made) ? one.target : { ...one.target, ...one.machine }));
  const once = new Map(targets.map((target) => [JSON.stringify(target), target]));
  const abis = [...new Set(targets.map(({ python }) => python.abi))];
  const places = [...new Set(targets.map(placeOf))];
  return [...once.values()].sort(
    (a, b) =>
      abis.indexOf(a.python.abi) - abis.indexOf(b.python.abi) ||
      Number(a.processor === "any") - Number(b.processor === "any") ||
      places.indexOf(placeOf(a)) - places.indexOf(placeOf(b)) ||
      compareVersions(b.libc?.floor ?? "0", a.libc?.floor ?? "0"),
  );
}

/**
 * Targets of one Python without machine code may still differ, when the lock has a distribution for one processor only.
 * Then none of them is for any.
 */
function isAlike({ target }: MadeFor, made: readonly MadeFor[]): boolean {
  if (target.processor !== "any") return true;
  const others = made.filter(
    (other) => other.target.python.abi === target.python.abi && other.target.processor === "any",
  );
  return others.every((other) => JSON.stringify(other.target.layers) === JSON.stringify(target.layers));
}

function placeOf({ processor, libc }: Target): string {
  return `${processor} ${libc?.kind}`;
}

/** `cp311-x86_64`, `cp311.cp313-x86_64.aarch64`, `cp311-any`, `cp311-x86_64_musl`: for file names. */
export function nameTargets(targets: readonly Pick<Target, "python" | "processor" | "libc">[]): string {
  const places = targets.map(({ processor, libc }) => `${processor}${libc?.kind === "musl" ? "_musl" : ""}`);
  const parts = [targets.map(({ python }) => python.abi), places];
  return parts.map((words) => [...new Set(words)].join(".")).join("-");
}
