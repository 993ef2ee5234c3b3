import type { Description } from "../../description/description.ts";
import { AppError } from "../../errors/app-error.ts";

/** How distributions of Linux name packages of Python modules: `python3-apt`, `python311-lxml`, `python-m2crypto`. */
const OF_PYTHON = /^python[0-9.]*-/;

/**
 * Their modules are compiled for the host's own Python and linked in at a start, so an interpreter inside cannot load
 * them. Other packages (libraries, programs) serve any Python; what else has modules is refused where it is seen, at the
 * start.
 *
 * @throws AppError `packages_need_host_python`.
 */
export function checkSystemPackages({ name, deb, rpm }: Pick<Description, "name" | "deb" | "rpm">): void {
  const packages = [...new Set([...deb, ...rpm])].filter((each) => OF_PYTHON.test(each));
  if (packages.length === 0) return;
  const verb = packages.length === 1 ? "has" : "have";
  throw new AppError({
    code: "packages_need_host_python",
    message: `cannot build ${name} with an interpreter inside: ${packages.join(", ")} ${verb} modules for the host's own Python`,
    hint: "Build it without an interpreter, or take these modules from the package index (`pip`) instead.",
    details: { packages },
  });
}
