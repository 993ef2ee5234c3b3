import { AppError } from "../../errors/app-error.ts";
import type { BuildRun } from "../build-run.ts";
import { findProgram } from "../python/find-interpreter.ts";
import type { Interpreter } from "../python/interpreter.ts";
import type { Uv } from "./run-uv.ts";

export async function findUv(
  run: BuildRun,
  interpreter: Interpreter,
  wanted: string | undefined,
): Promise<Uv> {
  const path = wanted ?? (await findProgram(run.env, "uv"));
  if (path === undefined) throw new AppError({ code: "tool_not_found", message: "cannot find uv" });
  return { path, interpreter };
}
