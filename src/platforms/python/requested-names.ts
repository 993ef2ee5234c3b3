import type { AppFiles, PipSource } from "../../description/description.ts";
import { parseRequirementFile } from "../../description/requirement-file.ts";
import type { PlanInput } from "../platform.ts";
import { findProjectRequirements, findRequirementName } from "./project-requirements.ts";

/**
 * Names (as PEP 503 normalizes them) of the distributions that the application is known to have: those of its locks or
 * of the build, and what it asks for, which is all that is known as long as nothing is resolved.
 */
export function findRequestedNames(input: PlanInput): ReadonlySet<string> {
  return new Set([...listAskedNames(input), ...input.distributions.map(({ name }) => name)]);
}

/** The same with what only the tests need, where that is there. */
export function findTestNames(input: PlanInput): ReadonlySet<string> {
  const asked = input.forTests ? listNames(input.description.testPip, input.files) : [];
  return new Set([...findRequestedNames(input), ...asked]);
}

/** Of those that the application itself asks for: the same before and after a build has resolved them. */
export function listAskedNames({ description, files }: PlanInput): readonly string[] {
  return listNames(description.pip, files);
}

function listNames(pip: readonly PipSource[], files: AppFiles): readonly string[] {
  return pip.flatMap((source) => {
    if (source.kind === "requirement") return findRequirementName(source.text);
    if (source.kind === "project") return findProjectRequirements(files);
    return parseRequirementFile(source.path, files).requirements.map(({ requirement }) => requirement.name);
  });
}
