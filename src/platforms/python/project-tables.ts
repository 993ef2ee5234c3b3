import { parse } from "smol-toml";
import type { AppFiles } from "../../description/description.ts";

/** What pyproject.toml says that a description does not repeat. */
export interface ProjectTables {
  /** `[project] dependencies` (PEP 621), or the names of `[tool.poetry.dependencies]`. */
  readonly requirements: readonly string[];
  /** `[project.scripts]`, `[project.gui-scripts]` or `[tool.poetry.scripts]`: name to `module:function`. */
  readonly scripts: Readonly<Record<string, string>>;
}

/** Empty when there is no pyproject.toml, or one that the description already complained about. */
export function readProjectTables(files: AppFiles): ProjectTables {
  const document = parseDocument(files.read("pyproject.toml") ?? "");
  const project = tableIn(document, "project");
  const poetry = tableIn(tableIn(document, "tool"), "poetry");
  const dependencies = Array.isArray(project["dependencies"]) ? project["dependencies"] : [];
  const poetryNames = Object.keys(tableIn(poetry, "dependencies")).filter((name) => name !== "python");
  return {
    requirements: [...dependencies.filter((text) => typeof text === "string"), ...poetryNames],
    scripts: Object.fromEntries(
      [tableIn(poetry, "scripts"), tableIn(project, "gui-scripts"), tableIn(project, "scripts")]
        .flatMap((table) => Object.entries(table))
        .flatMap(([name, value]) => (typeof value === "string" ? [[name, value] as const] : [])),
    ),
  };
}

type Table = Readonly<Record<string, unknown>>;

function parseDocument(text: string): Table {
  try {
    return parse(text);
  } catch {
    return {}; // reading the description refuses it, with line and column
  }
}

function tableIn(table: Table, key: string): Table {
  const value = table[key];
  const isTable = typeof value === "object" && value !== null && !Array.isArray(value);
  return isTable ? { ...value } : {};
}
