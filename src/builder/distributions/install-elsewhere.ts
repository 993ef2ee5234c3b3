import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { AppError } from "../../errors/app-error.ts";
import type { BuildRun } from "../build-run.ts";
import type { LockedDistribution } from "../lock/lock.ts";
import { listWheels } from "../lock/pylock.ts";
import type { BuildTarget } from "../target/build-target.ts";
import { runUv, type Uv } from "../uv/run-uv.ts";
import { installPins } from "./install-pins.ts";
import { ONLY_SOURCE, wheelNotFound } from "./wheel-not-found.ts";

const OLDEST_PYTHON = "3.8";
const SHOWN_TAGS = 6;

/**
 * Installs one distribution for machines that are not like this one. Nothing is compiled for them here: a distribution
 * that has wheels must have one for them. One that has only its source may turn out to be pure, and is tried.
 *
 * @returns the prefix.
 * @throws AppError `wheel_not_found` that says for what there are wheels; those of installPins.
 */
export async function installElsewhere(
  run: BuildRun,
  uv: Uv,
  target: BuildTarget,
  pin: LockedDistribution,
): Promise<string> {
  const install = (mayBuild: boolean) =>
    installPins(run, uv, target, { label: pin.name, pins: [pin], mayBuild });
  try {
    return await install(false);
  } catch (error) {
    if (!(error instanceof AppError) || error.code !== "wheel_not_found") throw error;
    const wheels = await findWheels(run, uv, target, pin);
    if (wheels.length > 0) throw wheelNotFound(pin, target, renderTags(pin, wheels));
  }
  try {
    return await install(true);
  } catch (error) {
    if (!(error instanceof AppError) || error.code !== "wheel_not_found") throw error;
    throw wheelNotFound(pin, target, ONLY_SOURCE, error);
  }
}

/** File names; those for Pythons that holdall knows nothing of are left out. */
async function findWheels(
  run: BuildRun,
  uv: Uv,
  { interpreter }: BuildTarget,
  { name, version }: LockedDistribution,
): Promise<readonly string[]> {
  const directory = join(run.work, "wheels");
  await mkdir(directory, { recursive: true });
  const [input, output] = [join(directory, `${name}.in`), join(directory, `pylock.${name}.toml`)];
  await writeFile(input, `${name}==${version}\n`);
  for (const python of [OLDEST_PYTHON, interpreter.version]) {
    const form = ["--format", "pylock.toml", "--universal", "--no-deps", "--no-header"];
    const versions = ["--python", interpreter.executable, "--python-version", python];
    try {
      await runUv(run, uv, {
        args: ["pip", "compile", "-q", ...form, ...versions, "-o", output, input],
        step: "install",
        goal: `list the wheels of ${name} ${version}`,
      });
      return listWheels(await readFile(output, "utf8"));
    } catch (error) {
      // It does not run with the oldest Python.
      if (!(error instanceof AppError) || error.code !== "resolve_failed") throw error;
    }
  }
  return [];
}

/** `cp311-musllinux_1_2_x86_64, …`: what is after name and version in the names of wheels, without their ABI. */
function renderTags({ version }: LockedDistribution, wheels: readonly string[]): string {
  const tags = wheels.map((file) => {
    const [, , ...parts] = file
      .replace(/\.whl$/, "")
      .replace(`-${version}-`, "-0-")
      .split("-");
    return `${parts.at(-3)}-${parts.at(-1)}`;
  });
  const all = [...new Set(tags)].sort();
  const more = all.length > SHOWN_TAGS ? ` and ${all.length - SHOWN_TAGS} others` : "";
  return `only for ${all.slice(0, SHOWN_TAGS).join(", ")}${more}`;
}
