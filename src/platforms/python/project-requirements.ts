import { parse } from "smol-toml";
import type { AppFiles } from "../../description/description.ts";
import { isRequirement, parseRequirement } from "../../description/requirement.ts";

type Table = Readonly<Record<string, unknown>>;

/** Normalized names of what pyproject.toml depends on: `[project]` (PEP 621) or poetry's own table. */
export function findProjectRequirements(files: AppFiles): readonly string[] {
  const document = parseDocument(files.read("pyproject.toml") ?? "");
  const listed = tableIn(document, "project")["dependencies"];
  const poetry = tableIn(tableIn(tableIn(document, "tool"), "poetry"), "dependencies");
  return [
    ...(Array.isArray(listed) ? listed.flatMap(findRequirementName) : []),
    ...Object.keys(poetry).flatMap(findRequirementName),
  ];
}

/** Empty for what is no requirement: whoever installs it says so. */
export function findRequirementName(text: unknown): readonly string[] {
  const parsed = typeof text === "string" ? parseRequirement(text) : undefined;
  return parsed && isRequirement(parsed) ? [parsed.name] : [];
}

function parseDocument(text: string): Table {
  try {
    return parse(text);
  } catch {
    return {}; // describing the application refuses it, with line and column
  }
}

function tableIn(table: Table, key: string): Table {
  const value = table[key];
  return typeof value === "object" && value !== null ? { ...value } : {};
}
