import type { Word } from "../../artifact/plan.ts";
import type { AppFiles } from "../../description/description.ts";
import type { PlanInput } from "../platform.ts";
import { findRequestedNames } from "../python/requested-names.ts";
import { pathBelow } from "../python/source-roots.ts";
import type { DjangoProject } from "./find-project.ts";

const MAX_DEPTH = 8;

/** How the tests of a project are run; undefined when it has none, as Django takes no tests for a success. */
export function planTests(
  { root }: DjangoProject,
  manage: readonly Word[],
  input: PlanInput,
): readonly Word[] | undefined {
  const directory = root === "." ? "{app}" : `{app}/${root}`;
  if (findRequestedNames(input).has("pytest-django")) {
    return ["pytest", "-p", "no:cacheprovider", directory]; // nothing is written into the application
  }
  return hasTests(input.files, root) ? [...manage, "test", "--noinput", directory] : undefined;
}

/** Whether unittest's discovery would find something: it looks for `test*.py` here and in the packages below. */
function hasTests(files: AppFiles, directory: string, depth = 0): boolean {
  const names = files.list(directory);
  return (
    names.some((name) => /^test.*\.py$/.test(name) && definesTests(files, pathBelow(directory, name))) ||
    (depth < MAX_DEPTH &&
      names.some(
        (name) =>
          /^[A-Za-z_]\w*\/$/.test(name) &&
          files.has(pathBelow(directory, `${name}__init__.py`)) &&
          hasTests(files, pathBelow(directory, name.slice(0, -1)), depth + 1),
      ))
  );
}

/** `startapp` writes one that has none. */
function definesTests(files: AppFiles, path: string): boolean {
  return /^\s*(?:class|(?:async )?def) \w*test/im.test(files.read(path) ?? "");
}
