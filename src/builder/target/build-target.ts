import type { TargetPlatform } from "../../description/target-platform.ts";
import type { MarkerEnvironment } from "../lock/marker.ts";
import type { Interpreter } from "../python/interpreter.ts";

/** What layers are made for: a Python, and the machines that will run it. */
export interface BuildTarget {
  /** Of this machine, with the target's Python: it compiles, and tells uv its version. */
  readonly interpreter: Interpreter;
  readonly processor: string;
  readonly libc: "glibc" | "musl";
  /** Wheels that need a newer libc are not taken. */
  readonly ceiling: string;
  /** This machine runs it: sources may be compiled here, and imports be checked. */
  readonly isLocal: boolean;
  /** The ceiling was asked for, so what is compiled here has to keep to it as well. */
  readonly isCeilingAsked: boolean;
}

/** Old enough that an artifact serves machines older than the one that builds; most wheels have it or less. */
const USUAL_CEILING = { glibc: "2.28", musl: "1.2" };

/** The machine that builds, or another. */
export function makeBuildTarget(interpreter: Interpreter, platform: TargetPlatform | undefined): BuildTarget {
  const libc = interpreter.libc?.kind ?? "glibc";
  if (platform === undefined) {
    const { processor } = interpreter;
    return {
      ...{ interpreter, processor, libc, ceiling: USUAL_CEILING[libc] },
      ...{ isLocal: true, isCeilingAsked: false },
    };
  }
  const isLocal = platform.processor === interpreter.processor && platform.libc === libc;
  return { interpreter, ...platform, isLocal, isCeilingAsked: true };
}

/** PEP 508, as it will be on the target's machines. */
export function markersOf({ interpreter, processor }: BuildTarget): MarkerEnvironment {
  return { ...interpreter.markers, platform_machine: processor };
}

/** uv's name for the machines of a target. */
export function uvPlatform({ processor, libc, ceiling }: BuildTarget): string {
  return libc === "musl"
    ? `${processor}-unknown-linux-musl`
    : `${processor}-manylinux_${ceiling.replace(".", "_")}`;
}

/** For messages: `cp311 on aarch64 with glibc 2.28`. */
export function renderBuildTarget({ interpreter, processor, libc, ceiling }: BuildTarget): string {
  return `${interpreter.abi} on ${processor} with ${libc} ${ceiling}`;
}
