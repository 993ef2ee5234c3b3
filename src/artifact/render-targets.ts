import type { Target } from "./manifest.ts";

type Served = Pick<Target, "python" | "processor" | "libc">;

/**
 * What targets serve, in one clause that people can read: `Python 3.11 or 3.13 on x86_64 or aarch64 with glibc 2.17 or
 * newer`. Pythons that run on the same machines are named together, and processors with the same libc.
 * support/python/holdall_support/targets.py says the same.
 */
export function renderTargets(targets: readonly Served[]): string {
  const machines = Map.groupBy(targets, ({ python }) => renderPython(python));
  const pythons = Map.groupBy(machines.keys(), (python) => renderMachines(machines.get(python) ?? []));
  return [...pythons].map(([where, versions]) => `Python ${joinWords(versions)}${where}`).join(", or ");
}

function renderPython({ version, abi }: Target["python"]): string {
  return abi === `cp${version.replace(".", "")}` ? version : `${version} (${abi})`;
}

/** ` on x86_64 or aarch64 with glibc 2.17 or newer`; nothing where all machines will do. */
function renderMachines(targets: readonly Served[]): string {
  if (targets.some(({ libc }) => libc === undefined)) return "";
  const processors = Map.groupBy(targets, ({ libc }) => `${libc?.kind} ${libc?.floor}`);
  const places = [...processors].map(([libc, group]) => {
    const names = new Set(group.map(({ processor }) => processor));
    return ` on ${joinWords([...names])} with ${libc} or newer`;
  });
  return places.join(", or");
}

function joinWords(words: readonly string[]): string {
  const last = words.at(-1) ?? "";
  return words.length < 2 ? last : `${words.slice(0, -1).join(", ")} or ${last}`;
}
