import { writeLayer } from "../../artifact/layer.ts";
import { normalizeName } from "../../description/requirement.ts";
import { AppError } from "../../errors/app-error.ts";
import { writeFileAtomic } from "../../system/write-file.ts";
import type { BuildRun } from "../build-run.ts";
import { compareVersions, findFloor } from "../elf/libc-floor.ts";
import { type CachedLayer, filesOf, layerDirectory } from "../layer-cache.ts";
import type { BuildTarget } from "../target/build-target.ts";
import { type SplitDistribution, splitInstallation } from "./split-installation.ts";
import { ONLY_SOURCE, wheelNotFound } from "./wheel-not-found.ts";

/**
 * Makes the layer of the one distribution that was installed into `prefix`.
 *
 * @throws AppError `layer_invalid` when a layer cannot have its files.
 */
export async function packDistribution(
  run: BuildRun,
  prefix: string,
  target: BuildTarget,
): Promise<CachedLayer & { readonly layer: NonNullable<CachedLayer["layer"]> }> {
  const { interpreter } = target;
  const split = await splitInstallation(prefix, [interpreter.executable, interpreter.realPath]);
  const floor = findFloor(split.elves, split.tags, target);
  checkMachineCode(split, floor, target);
  const name = normalizeName(split.name);
  const written = await writeEntries(run, split);
  const layer = { ...written, name, version: split.version };
  await writeFileAtomic(filesOf(run, layer.identity), JSON.stringify(split.digests));
  return { layer, scripts: split.scripts, isNative: split.elves.length > 0, floor };
}

/**
 * What was compiled here can be for this machine only (uv takes a `linux_x86_64` for any libc), and has to keep to the
 * libc that was asked for, which no compiler does by itself.
 */
function checkMachineCode(
  { name, version, elves, tags }: SplitDistribution,
  floor: string | undefined,
  target: BuildTarget,
): void {
  const { isLocal, isCeilingAsked, libc, ceiling } = target;
  const isCompiledHere = elves.length > 0 && tags.some((tag) => /-linux_\w+$/.test(tag));
  const isTooNew = isCeilingAsked && floor !== undefined && compareVersions(floor, ceiling) > 0;
  if (!isTooNew && (isLocal || !isCompiledHere)) return;
  const reason = isTooNew
    ? `${isCompiledHere ? "what is compiled here" : "its wheel"} needs ${libc} ${floor}`
    : ONLY_SOURCE;
  throw wheelNotFound({ name: normalizeName(name), version }, target, reason);
}

async function writeEntries(run: BuildRun, { name, version, entries }: SplitDistribution) {
  try {
    return await writeLayer(entries, layerDirectory(run), { kind: "distribution" });
  } catch (error) {
    if (!(error instanceof AppError) || error.code !== "layer_invalid") throw error;
    throw new AppError({
      code: "layer_invalid",
      message: `cannot use ${name} ${version}: ${error.message.replace(/^cannot /, "")}`,
      hint: "Choose another version of it.",
      details: { distribution: name },
      cause: error,
    });
  }
}
