import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { BuildRun } from "../build-run.ts";
import { type LockedDistribution, renderPin } from "../lock/lock.ts";
import { type BuildTarget, renderBuildTarget, uvPlatform } from "../target/build-target.ts";
import { runUv, type Uv } from "../uv/run-uv.ts";

/**
 * Installs exactly these distributions into a prefix of their own.
 *
 * @returns the prefix, for whoever removes it.
 * @throws AppError `hash_mismatch`, `index_unreachable`, `wheel_not_found`.
 */
export async function installPins(
  run: BuildRun,
  uv: Uv,
  target: BuildTarget,
  {
    label,
    pins,
    mayBuild,
  }: {
    readonly label: string;
    readonly pins: readonly LockedDistribution[];
    /** What has no wheel for the target is made from its source, on this machine. */
    readonly mayBuild: boolean;
  },
): Promise<string> {
  const { executable, fullVersion } = target.interpreter;
  // With the patch version: a distribution may ask for one. uv knows no `3.13.0+`.
  const version = /^[\d.]*\d/.exec(fullVersion)?.[0] ?? fullVersion;
  const directory = join(run.work, "install", label);
  const prefix = join(directory, "prefix");
  const requirements = join(directory, "requirements.txt");
  await mkdir(directory, { recursive: true });
  await writeFile(requirements, `${pins.map(renderPin).join("\n")}\n`);
  const [one, ...others] = pins;
  await runUv(run, uv, {
    args: [
      ...["pip", "install", "--prefix", prefix, "--python", executable],
      ...["--python-version", version, "--python-platform", uvPlatform(target)],
      ...["--no-deps", "--require-hashes", "--link-mode", "hardlink", "--no-compile-bytecode"],
      ...(mayBuild ? [] : ["--only-binary", ":all:"]),
      ...(others.length > 0 ? [] : ["-q"]),
      ...["-r", requirements],
    ],
    step: "install",
    target: renderBuildTarget(target),
    goal: others.length > 0 ? "install the distributions" : `install ${one?.name} ${one?.version}`,
  });
  return prefix;
}
