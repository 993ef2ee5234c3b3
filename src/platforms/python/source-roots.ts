import type { AppFiles, PipSource } from "../../description/description.ts";
import { parseRequirementFile } from "../../description/requirement-file.ts";
import type { PlanInput } from "../platform.ts";

/** Whether the application itself is built as a wheel: then it is imported from there, not from its sources. */
export function isBuilt({ description, files }: Pick<PlanInput, "description" | "files">): boolean {
  return description.pip.some((source) => isProjectSource(source, files));
}

/** Whether a source is the application itself, or a file that names it. */
export function isProjectSource(source: PipSource, files: AppFiles): boolean {
  if (source.kind === "file") return parseRequirementFile(source.path, files).hasProject;
  return source.kind === "project";
}

/**
 * Directories below which the application's own modules lie: `src` when that is a mere container (PyPA's "src
 * layout"), and the root.
 */
export function findSourceRoots(files: AppFiles): readonly string[] {
  return hasSourceLayout(files) ? ["src", "."] : ["."];
}

/** A path below a directory of the application; `.` is its root. */
export function pathBelow(directory: string, path: string): string {
  return directory === "." ? path : `${directory}/${path}`;
}

/**
 * The import path of an application that nothing but the description and its layout is known of. One that is built is
 * imported from its distribution.
 */
export function planImportPath(input: PlanInput): readonly string[] {
  const roots = isBuilt(input) ? [] : findSourceRoots(input.files);
  return [...new Set([...input.description.paths, ...roots])];
}

function hasSourceLayout(files: AppFiles): boolean {
  const names = files.list("src");
  if (names.includes("__init__.py")) return false; // a package of that name
  return names.some((name) => name.endsWith(".py") || files.has(`src/${name}__init__.py`));
}
