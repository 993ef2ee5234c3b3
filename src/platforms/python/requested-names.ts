import type { PlanInput } from "../platform.ts";
import { readProjectTables } from "./project-tables.ts";

/**
 * Names (as PEP 503 normalizes them) of the distributions that the application is known to have: all of its locks or
 * of the build, and what it asks for itself in case that nothing is resolved yet.
 */
export function findRequestedNames({ description, distributions, files }: PlanInput): ReadonlySet<string> {
  const requirements = description.pip.flatMap((source) => {
    if (source.kind === "requirement") return [source.text];
    if (source.kind === "file") return files.read(source.path)?.split("\n") ?? [];
    return readProjectTables(files).requirements;
  });
  return new Set([...distributions.map(({ name }) => name), ...requirements.flatMap(nameOf)]);
}

/** Empty for a line that is a comment, an option or an address. */
function nameOf(requirement: string): readonly string[] {
  const name = /^\s*([A-Za-z0-9][\w.-]*)\s*(?:$|[[;<>=!~@(#])/.exec(requirement)?.[1];
  return name === undefined ? [] : [name.toLowerCase().replace(/[-_.]+/g, "-")];
}
