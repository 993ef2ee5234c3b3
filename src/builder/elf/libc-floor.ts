import type { Target } from "../../artifact/manifest.ts";
import type { CachedLayer } from "../layer-cache.ts";
import type { BuildTarget } from "../target/build-target.ts";
import type { Elf } from "./elf.ts";

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
  layers: readonly Pick<CachedLayer, "isNative" | "floor">[],
  { processor, libc: kind }: Pick<BuildTarget, "processor" | "libc">,
): Pick<Target, "processor" | "libc"> {
  const native = layers.filter(({ isNative }) => isNative);
  if (native.length === 0) return { processor: "any" };
  const floor = newestVersion(native.flatMap(({ floor }) => floor ?? [])) ?? OLDEST[kind];
  return { processor, libc: { kind, floor: floor.split(".").slice(0, 2).join(".") } };
}

/** The same for a target whose layers, without machine code, are for its own machines only. */
export function nameMachine({
  processor,
  libc,
}: Pick<BuildTarget, "processor" | "libc">): Required<Pick<Target, "processor" | "libc">> {
  return { processor, libc: { kind: libc, floor: OLDEST[libc] } };
}

/**
 * The oldest libc that can load the machine code of one distribution. With glibc its symbols tell. Those of musl have no
 * versions: there the wheel's own promise counts (PEP 656), the oldest of its tags. Undefined when nothing tells.
 *
 * @param tags - of the wheel: `cp311-cp311-musllinux_1_2_x86_64`.
 */
export function findFloor(
  elves: readonly Elf[],
  tags: readonly string[],
  { processor, libc }: Pick<BuildTarget, "processor" | "libc">,
): string | undefined {
  if (libc === "glibc") {
    return newestVersion(elves.filter((elf) => elf.processor === processor).flatMap(({ glibc }) => glibc));
  }
  const promised = tags.flatMap((tag) => /-musllinux_(\d+)_(\d+)_/.exec(tag)?.slice(1).join(".") ?? []);
  return promised.sort(compareVersions)[0];
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
