import type { Description } from "../../description/description.ts";
import { AppError } from "../../errors/app-error.ts";
import { type BuildTarget, renderBuildTarget } from "../target/build-target.ts";
import { checkSystemPackages } from "./check-system-packages.ts";

/**
 * Whether these targets can have an interpreter inside; before anything is made.
 * @throws AppError `packages_need_host_python`, `interpreter_unusable`.
 */
export function checkInside(description: Description, targets: readonly BuildTarget[]): void {
  checkSystemPackages(description);
  const foreign = targets.find(({ isLocal }) => !isLocal);
  if (foreign === undefined) return;
  throw new AppError({
    code: "interpreter_unusable",
    message: `cannot put a Python inside: this machine has none for ${renderBuildTarget(foreign)}`,
    hint: "Build this target on a machine of its own kind, or without `--with-python`.",
  });
}
