import type { PipSource } from "../description.ts";
import { parsePoetryRange } from "../python-range.ts";
import { isRequirement, parseRequirement, renderRequirement } from "../requirement.ts";
import { type RefusalOptions, refusal } from "../source/source.ts";
import { tomlSource } from "../source/toml-source.ts";
import { type Detected, found } from "./detected.ts";
import { applicationName, applicationVersion, scriptCommands } from "./metadata.ts";
import { isTable, type Table, tableAt, textOf, textsOf } from "./table.ts";

const SOURCE = "pyproject.toml [tool.poetry]";

/** What poetry's own table says; newer projects have it in `[project]`. */
export function readPoetry(
  document: Table,
  text: string,
  { needsDependencies }: { readonly needsDependencies: boolean },
): Detected {
  const poetry = tableAt(document, "tool", "poetry");
  const python = tableAt(poetry, "dependencies")["python"];
  return {
    name: found(applicationName(textOf(poetry["name"])), SOURCE),
    version: found(applicationVersion(textOf(poetry["version"])), SOURCE),
    python: found(parsePoetryRange(textOf(python) ?? "") || undefined, SOURCE),
    pip: needsDependencies ? found(poetryDependencies(poetry, text), SOURCE) : undefined,
    commands: found(scriptCommands(tableAt(poetry, "scripts")), SOURCE),
  };
}

/** Whether poetry builds a distribution of the application: `package-mode = false` says that it does not. */
export function isPoetryPackage(document: Table): boolean {
  return tableAt(document, "tool", "poetry")["package-mode"] !== false;
}

function poetryDependencies(poetry: Table, text: string): readonly PipSource[] | undefined {
  return poetryRequirements(tableAt(poetry, "dependencies"), text);
}

/** The requirements in a table of poetry's; undefined when there are none. */
export function poetryRequirements(table: Table, text: string): readonly PipSource[] | undefined {
  const dependencies = Object.entries(table).filter(([name]) => name !== "python");
  if (dependencies.length === 0) return undefined;
  return dependencies.flatMap(([name, value]) => {
    const table: Table = isTable(value) ? value : { version: value };
    if (table["optional"] === true) return [];
    const requirement = parseRequirement(requirementText(name, table, text));
    if (!isRequirement(requirement)) throw refuse(name, text, requirement.reason, { hint: requirement.hint });
    return [{ kind: "requirement", text: renderRequirement(requirement) } as const];
  });
}

function requirementText(name: string, dependency: Table, text: string): string {
  const version = textOf(dependency["version"]);
  const range = version === undefined ? undefined : parsePoetryRange(version);
  if (range === undefined) {
    const hint = "List what is needed as `pip` in holdall.yaml.";
    throw refuse(name, text, "must have a version that a PEP 440 specifier can say", { hint });
  }
  const extras = textsOf(dependency["extras"]) ?? [];
  const marker = textOf(dependency["markers"]);
  return `${name}${extras.length > 0 ? `[${extras.join(",")}]` : ""}${range}${marker ? ` ; ${marker}` : ""}`;
}

function refuse(name: string, text: string, reason: string, options: RefusalOptions) {
  const source = tomlSource(text, "pyproject.toml", undefined, ["tool", "poetry"]);
  return refusal(source, ["dependencies", name], reason, options);
}
