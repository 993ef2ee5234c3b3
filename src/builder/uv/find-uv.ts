import { join } from "node:path";
import { AppError } from "../../errors/app-error.ts";
import { findProgram, isProgram } from "../../system/find-program.ts";
import { type BuildRun, reportStep } from "../build-run.ts";
import type { Uv, UvMachine } from "./run-uv.ts";
import { UV_VERSION, UV_WHEELS } from "./uv-release.ts";

/**
 * The uv that is wanted, else that of the machine, else one that holdall keeps in its cache and fetches when it is not
 * there.
 *
 * @param wanted - path of the program.
 * @throws AppError `tool_not_found`, `index_unreachable`, `hash_mismatch`.
 */
export async function findUv<For extends UvMachine>(
  run: BuildRun,
  interpreter: For,
  wanted: string | undefined,
): Promise<Uv<For>> {
  if (wanted !== undefined) {
    if (await isProgram(wanted)) return { path: wanted, interpreter };
    throw new AppError({
      code: "tool_not_found",
      message: `cannot use uv at ${wanted}: there is no program`,
      hint: "Name the program itself, or leave the option out.",
    });
  }
  const own = await findProgram(run.env, "uv");
  if (own !== undefined) return { path: own, interpreter };

  const machine = `${interpreter.processor}/${interpreter.libc?.kind ?? "unknown"}`;
  const kept = join(run.cache, "tools", `uv-${UV_VERSION}-${machine.replace("/", "-")}`, "uv");
  if (await isProgram(kept)) return { path: kept, interpreter };
  const wheel = UV_WHEELS[machine];
  if (wheel === undefined) {
    throw new AppError({
      code: "tool_not_found",
      message: `cannot fetch uv ${UV_VERSION}: holdall knows none for ${interpreter.processor}`,
      hint: "Install uv and put it into PATH.",
    });
  }
  await reportStep(run, "fetch-uv", { subject: UV_VERSION }, async () => {
    const { fetchUv } = await import("./fetch-uv.ts"); // seldom needed, slow to load
    await fetchUv(run, wheel, kept);
  });
  return { path: kept, interpreter };
}
