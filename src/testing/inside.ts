import { mkdirSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { join } from "node:path";
import type { TestContext } from "node:test";
import type { Target } from "../artifact/manifest.ts";
import type { BuildRun } from "../builder/build-run.ts";
import { machineOf } from "../builder/elf/libc-floor.ts";
import { type PackedInterpreter, packInterpreter } from "../builder/inside/pack-interpreter.ts";
import { findInterpreter } from "../builder/python/find-interpreter.ts";
import { makeBuildTarget } from "../builder/target/build-target.ts";
import { PACKAGE_ROOT } from "../system/package-root.ts";
import { type ArtifactOptions, type ArtifactToStart, makeArtifactToStart } from "./artifact-to-start.ts";
import { TOOLS } from "./build-fixture.ts";

export interface PackedForTest extends PackedInterpreter {
  readonly machine: Pick<Target, "processor" | "libc">;
}

/** The `python3` of this machine as a layer. */
export async function packTestInterpreter(): Promise<PackedForTest> {
  mkdirSync(TOOLS, { recursive: true });
  const work = await mkdtemp(join(TOOLS, "work-"));
  const run: BuildRun = {
    ...{ directory: PACKAGE_ROOT, work, cache: TOOLS, env: process.env, signal: undefined },
    onEvent: () => {},
  };
  try {
    const interpreter = await findInterpreter(run, { wanted: undefined, requirement: undefined });
    const packed = await packInterpreter(run, interpreter);
    return { ...packed, machine: machineOf([packed], makeBuildTarget(interpreter, undefined)) };
  } finally {
    await rm(work, { recursive: true });
  }
}

/** A sealed artifact like others, with that layer. */
export async function makeArtifactInside(
  t: TestContext,
  options: ArtifactOptions = {},
): Promise<ArtifactToStart> {
  const { layer, machine } = await packTestInterpreter();
  return makeArtifactToStart(t, {
    ...options,
    interpreter: layer,
    target: { ...machine, ...options.target },
  });
}
