import type { Plan, Word } from "../../artifact/plan.ts";
import type { AppFiles } from "../../description/description.ts";
import type { PlanInput } from "../platform.ts";
import { findTestNames } from "../python/requested-names.ts";
import { pathBelow } from "../python/source-roots.ts";
import type { DjangoProject } from "./find-project.ts";

const MAX_DEPTH = 8;

/**
 * How the tests of a project are run: by Django, unless pytest knows it. Undefined when that is planned already, and when
 * there are none, as Django takes no tests for a success.
 */
export function planTests(
  { commands }: Plan,
  { root }: DjangoProject,
  { manage, input }: { readonly manage: readonly Word[]; readonly input: PlanInput },
): readonly Word[] | undefined {
  const planned = commands["unit_test"];
  if (planned?.origin === "own") return undefined;
  const directory = root === "." ? "{app}" : `{app}/${root}`;
  if (findTestNames(input).has("pytest-django")) {
    const pytest = ["python", "-m", "pytest", "-p", "no:cacheprovider", "--rootdir", "{app}", directory];
    return planned ? undefined : pytest;
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
