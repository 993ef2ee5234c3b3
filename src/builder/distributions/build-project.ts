import { readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { AppError } from "../../errors/app-error.ts";
import { undefinedIfMissing } from "../../system/file-errors.ts";
import { type BuildRun, reportStep } from "../build-run.ts";
import { cacheKey, findCachedLayer, rememberLayer } from "../layer-cache.ts";
import { type BuildTarget, renderBuildTarget, uvPlatform } from "../target/build-target.ts";
import { runUv, type Uv } from "../uv/run-uv.ts";
import type { InstalledDistribution } from "./install-distributions.ts";
import { packDistribution } from "./pack-distribution.ts";

const BUILD_VERSION = 3;

/**
 * The application as a distribution, by its own build backend; made again when its files have changed.
 *
 * @param digest - of the application's files.
 */
export async function buildProject(
  run: BuildRun,
  digest: string,
  { target, findUv }: { readonly target: BuildTarget; readonly findUv: () => Promise<Uv> },
): Promise<{ readonly distribution: InstalledDistribution; readonly isMade: boolean }> {
  const key = cacheKey([BUILD_VERSION, digest, target.interpreter.abi, uvPlatform(target)]);
  const known = findCachedLayer(run, "projects", key);
  if (known?.layer !== undefined) {
    const { name, version } = known.layer;
    return { distribution: { ...known, name, version }, isMade: false };
  }
  const uv = await findUv();
  const packed = await reportStep(run, "build-project", {}, async () => {
    const directory = join(run.work, "project", key);
    const prefix = join(directory, "prefix");
    const wheel = await keepTidy(run.directory, () => buildWheel(run, uv, target, directory));
    await runUv(run, uv, {
      args: [
        ...["pip", "install", "-q", "--prefix", prefix, "--python", target.interpreter.executable],
        ...["--no-deps", "--no-index", "--link-mode", "hardlink", "--no-compile-bytecode", wheel],
      ],
      step: "build-project",
      target: renderBuildTarget(target),
      goal: "install the application's wheel",
    });
    return packDistribution(run, prefix, target);
  });
  await rememberLayer(run, "projects", key, packed);
  const { name, version } = packed.layer;
  return { distribution: { ...packed, name, version }, isMade: true };
}

async function buildWheel(run: BuildRun, uv: Uv, target: BuildTarget, directory: string): Promise<string> {
  const output = join(directory, "wheel");
  try {
    await runUv(run, uv, {
      args: [
        "build",
        "--wheel",
        "--out-dir",
        output,
        "--python",
        target.interpreter.executable,
        run.directory,
      ],
      step: "build-project",
      target: renderBuildTarget(target),
      goal: "build the application's wheel",
    });
  } catch (error) {
    // What uv says of a backend is about this application, not about a distribution of an index.
    if (!(error instanceof AppError) || !["resolve_failed", "wheel_not_found"].includes(error.code))
      throw error;
    throw new AppError({
      code: "build_command_failed",
      message: "cannot build the application's wheel: its build backend refused",
      hint: "Run `uv build --wheel` and correct what it says, or leave `.` out of `pip`.",
      excerpt: error.excerpt,
      cause: error,
    });
  }
  const wheel = (await readdir(output)).find((name) => name.endsWith(".whl"));
  if (wheel === undefined) throw new Error("uv build made no wheel");
  return join(output, wheel);
}

/** Backends such as setuptools leave files beside the code: those that were not there before are taken away. */
async function keepTidy<Result>(directory: string, work: () => Promise<Result>): Promise<Result> {
  const places = [directory, join(directory, "src")];
  const list = async () => {
    const names = await Promise.all(places.map((place) => readdir(place).catch(undefinedIfMissing)));
    return places.flatMap((place, index) =>
      (names[index] ?? [])
        .filter((name) => name.endsWith(".egg-info") || (name === "build" && place === directory))
        .map((name) => join(place, name)),
    );
  };
  const before = new Set(await list());
  try {
    return await work();
  } finally {
    for (const path of await list()) if (!before.has(path)) await rm(path, { recursive: true, force: true });
  }
}
