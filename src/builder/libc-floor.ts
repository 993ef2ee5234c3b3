import type { Target } from "../artifact/manifest.ts";
import type { CachedLayer } from "./layer-cache.ts";
import type { BuildTarget } from "./target/build-target.ts";

/** Below these no machine has a Python that could run an artifact: what to say when no symbol asks for more. */
const OLDEST = { glibc: "2.2", musl: "1.2" };

/** The newest of dotted versions; undefined for none. */
export function newestVersion(versions: readonly string[]): string | undefined {
  return versions.reduce<string | undefined>(
    (newest, version) => (newest === undefined || compareVersions(version, newest) > 0 ? version : newest),
    undefined,
  );
}

/** What a target says of its machines, from the layers that hold machine code. */
export function machineOf(
  layers: readonly Pick<CachedLayer, "isNative" | "glibc">[],
  { processor, libc: kind }: Pick<BuildTarget, "processor" | "libc">,
): Pick<Target, "processor" | "libc"> {
  const native = layers.filter(({ isNative }) => isNative);
  if (native.length === 0) return { processor: "any" };
  const newest = newestVersion(native.flatMap(({ glibc }) => (glibc === undefined ? [] : [glibc])));
  const floor = kind === "musl" ? OLDEST.musl : (newest ?? OLDEST.glibc);
  return { processor, libc: { kind, floor: floor.split(".").slice(0, 2).join(".") } };
}

/** By their numbers: negative when `a` is older. */
export function compareVersions(a: string, b: string): number {
  const [left, right] = [a, b].map((version) => version.split(".").map(Number));
  for (let index = 0; index < Math.max(left?.length ?? 0, right?.length ?? 0); index++) {
    const difference = (left?.[index] ?? 0) - (right?.[index] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}
