import { AppError } from "../../errors/app-error.ts";
import { type BuildTarget, renderBuildTarget } from "../target/build-target.ts";

/** @param found - what there is instead: `only for cp311-musllinux_1_2_x86_64`. */
export function wheelNotFound(
  { name, version }: { readonly name: string; readonly version: string },
  target: BuildTarget,
  found: string,
  cause?: AppError,
): AppError {
  const wanted = renderBuildTarget(target);
  return new AppError({
    code: "wheel_not_found",
    message: `cannot install ${name} ${version}: it has no wheel for ${wanted}, ${found}`,
    hint: "Choose a version that has a wheel for this target, leave the target out, or build on such a machine.",
    excerpt: cause?.excerpt,
    details: { distribution: name, target: wanted },
    cause,
  });
}

/** What a distribution without a wheel for machines of another kind has. */
export const ONLY_SOURCE = "only its source, which does not become a pure wheel here";
