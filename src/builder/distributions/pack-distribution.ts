import { writeLayer } from "../../artifact/layer.ts";
import { normalizeName } from "../../description/requirement.ts";
import { AppError } from "../../errors/app-error.ts";
import { writeFileAtomic } from "../../system/write-file.ts";
import type { BuildRun } from "../build-run.ts";
import { type CachedLayer, filesOf, layerDirectory } from "../layer-cache.ts";
import { newestVersion } from "../libc-floor.ts";
import type { BuildTarget } from "../target/build-target.ts";
import { type SplitDistribution, splitInstallation } from "./split-installation.ts";

/**
 * Makes the layer of the one distribution that was installed into `prefix`.
 *
 * @throws AppError `layer_invalid` when a layer cannot have its files.
 */
export async function packDistribution(
  run: BuildRun,
  prefix: string,
  { interpreter, processor: wanted }: BuildTarget,
): Promise<CachedLayer & { readonly layer: NonNullable<CachedLayer["layer"]> }> {
  const split = await splitInstallation(prefix, [interpreter.executable, interpreter.realPath]);
  const name = normalizeName(split.name);
  const written = await writeEntries(run, split);
  const layer = { ...written, name, version: split.version };
  await writeFileAtomic(filesOf(run, layer.identity), JSON.stringify(split.digests));
  const glibc = newestVersion(
    split.elves.filter(({ processor }) => processor === wanted).flatMap((elf) => elf.glibc),
  );
  return { layer, scripts: split.scripts, isNative: split.elves.length > 0, glibc };
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
