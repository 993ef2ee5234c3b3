import type { AppFiles, PipSource } from "../description.ts";
import { parsePythonRange } from "../python-range.ts";
import { isRequirement, parseRequirement, renderRequirement } from "../requirement.ts";
import { refusalAt } from "../source/source.ts";
import { parseToml } from "../source/toml-source.ts";
import { type Detected, found } from "./detected.ts";
import { applicationName, applicationVersion, PROJECT, scriptCommands } from "./metadata.ts";
import { isPoetryPackage, readPoetry } from "./poetry.ts";
import { type Table, tableAt, textOf, textsOf } from "./table.ts";

export const PYPROJECT = "pyproject.toml";

/**
 * PEP 621, and poetry's own table where that is absent.
 * @param written - `pip` as somebody wrote it: dependencies are not looked at then, and without `.` nothing is built.
 */
export function detectPyproject(files: AppFiles, written: readonly PipSource[] | undefined): Detected {
  const text = files.read(PYPROJECT);
  if (text === undefined) return {};
  const document = parseToml(text, PYPROJECT);
  const source = `${PYPROJECT} [project]`;
  const project = tableAt(document, "project");
  const isBuilt =
    written === undefined ? isBuildable(document, files) : written.some(({ kind }) => kind === "project");
  const needsDependencies = written === undefined && !isBuilt;
  const poetry = readPoetry(document, text, { needsDependencies });
  const own: Detected = {
    name: found(applicationName(textOf(project["name"])), source),
    version: found(applicationVersion(textOf(project["version"])), source),
    python: found(parsePythonRange(textOf(project["requires-python"]) ?? ""), source),
    pip: needsDependencies ? found(dependencies(project, text), source) : undefined,
    commands: isBuilt ? undefined : found(scriptCommands(tableAt(project, "scripts")), source),
  };
  return {
    name: own.name ?? poetry.name,
    version: own.version ?? poetry.version,
    python: own.python ?? poetry.python,
    pip:
      isBuilt && written === undefined
        ? found(PROJECT, `${PYPROJECT} [build-system]`)
        : (own.pip ?? poetry.pip),
    commands: own.commands ?? (isBuilt ? undefined : poetry.commands),
  };
}

/** Whether the metadata says what the distribution needs, or leaves it to its build. */
export function declaresDependencies(files: AppFiles): boolean {
  const text = files.read(PYPROJECT);
  const document = text === undefined ? {} : parseToml(text, PYPROJECT);
  const project = tableAt(document, "project");
  const isDynamic = textsOf(project["dynamic"])?.includes("dependencies") ?? false;
  return "dependencies" in project || isDynamic || "dependencies" in tableAt(document, "tool", "poetry");
}

/** As uv has it: without a build system, a project is a list of dependencies. */
function isBuildable(document: Table, files: AppFiles): boolean {
  if (tableAt(document, "tool", "uv")["package"] === false) return false;
  if (files.has("setup.py")) return true;
  return "build-system" in document && isPoetryPackage(document);
}

function dependencies(project: Table, text: string): readonly PipSource[] | undefined {
  return textsOf(project["dependencies"])?.map((dependency): PipSource => {
    const requirement = parseRequirement(dependency);
    if (isRequirement(requirement)) return { kind: "requirement", text: renderRequirement(requirement) };
    const offset = text.indexOf(dependency);
    const before = text.slice(0, Math.max(0, offset)).split("\n");
    const position = { line: before.length, column: (before.at(-1)?.length ?? 0) + 1 };
    throw refusalAt(
      { file: PYPROJECT, text },
      `project.dependencies ${requirement.reason}`,
      offset === -1 ? undefined : position,
      { hint: requirement.hint, field: "project.dependencies" },
    );
  });
}
