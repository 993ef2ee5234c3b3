import type { Target } from "../../artifact/manifest.ts";
import { compareVersions } from "../libc-floor.ts";

/**
 * The targets of an artifact as its manifest has them, the preferred one first: Pythons as they were asked for; of one
 * Python, machine code before none; of one processor and libc, the newer floor first. Targets that are the same after
 * all, such as those of an application without machine code, are one. See docs/decisions/0010-several-targets.md.
 *
 * @param made - in the order in which they were asked for.
 */
export function arrangeTargets(made: readonly Target[]): readonly Target[] {
  const once = new Map(made.map((target) => [JSON.stringify(target), target]));
  const abis = [...new Set(made.map(({ python }) => python.abi))];
  const places = [...new Set(made.map(placeOf))];
  return [...once.values()].sort(
    (a, b) =>
      abis.indexOf(a.python.abi) - abis.indexOf(b.python.abi) ||
      Number(a.processor === "any") - Number(b.processor === "any") ||
      places.indexOf(placeOf(a)) - places.indexOf(placeOf(b)) ||
      compareVersions(b.libc?.floor ?? "0", a.libc?.floor ?? "0"),
  );
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
