import { globSync, readFileSync } from "node:fs";
import { dirname, join, posix } from "node:path";

/** One import or re-export of a module. */
export interface Import {
  /** Relative to the source directory (`errors/app-error.ts`), or as written (`node:fs`, `yaml`). */
  readonly target: string;
  /** Gone at run time: `import type`, or nothing but `type` names in the braces. */
  readonly isType: boolean;
  /** Of values, as the target names them; undefined: all that it has. */
  readonly names: readonly string[] | undefined;
}

export interface Module {
  /** Relative to the source directory, `/`-separated. */
  readonly path: string;
  /** Without comments; texts in quotes stay. */
  readonly code: string;
  readonly imports: readonly Import[];
  /** Names of the values that it declares for others. */
  readonly exports: readonly string[];
}

/**
 * All modules below a source directory, with what they import. They are formatted, so patterns can read them.
 * @param pattern - of their paths in it.
 */
export function readModules(directory: string, pattern = "**/*.ts"): Module[] {
  const paths = globSync(pattern, { cwd: directory }).toSorted();
  return paths.map((path) => {
    const code = readFileSync(join(directory, path), "utf8").replaceAll(
      /^\s*(\/\*[\s\S]*?\*\/|\/\/.*)/gm,
      "",
    );
    const exports = [...code.matchAll(VALUE)].map(([, name = ""]) => name);
    return { path, code, imports: readImports(path, code), exports };
  });
}

const VALUE = /^export (?:async )?(?:const|class|function\*?) (\w+)/gm;
const STATIC = /^(?:import|export)\s+(?:(type)\s+)?(?:([^;"'`]*?)\s+from\s+)?"([^"]+)"/gm;
/** With the names that are taken from it at once: `const { a } = await import(…)`, `(await import(…)).a`. */
const DYNAMIC = /(?:\{([^{}]*)\}\s*=\s*await\s+)?\bimport\(\s*"([^"]+)",?\s*\)(?:\)\.(\w+))?/g;

function readImports(path: string, code: string): Import[] {
  const found = code.matchAll(STATIC).map(([, type, clause = "", specifier = ""]) => ({
    target: resolveSpecifier(path, specifier),
    isType: type !== undefined || hasTypesOnly(clause),
    names: type === undefined ? readClause(clause) : [],
  }));
  const lazy = code.matchAll(DYNAMIC).map(([, listed, specifier = "", single]) => ({
    target: resolveSpecifier(path, specifier),
    isType: false,
    names: single === undefined ? (listed === undefined ? undefined : readNames(listed)) : [single],
  }));
  return [...found, ...lazy];
}

/** What stands between `import` and `from`: `one, { two, type Three, four as five }`, `* as all`. */
function readClause(clause: string): string[] | undefined {
  if (clause.includes("*")) return undefined;
  const [, before = "", listed = ""] = /^([^{]*)(?:\{([^}]*)\})?$/.exec(clause.trim()) ?? [];
  return [...(before.trim() === "" ? [] : ["default"]), ...readNames(listed)];
}

/** Names of values in braces, without those that they get here. */
function readNames(listed: string): string[] {
  const each = listed.split(",").map((name) => name.trim());
  return each.flatMap((name) => (name === "" || name.startsWith("type ") ? [] : (/^\w+/.exec(name) ?? [])));
}

function hasTypesOnly(clause: string): boolean {
  const inner = /^\{([^}]*)\}$/.exec(clause.trim())?.[1];
  const each = inner?.split(",").filter((name) => name.trim() !== "") ?? [];
  return each.length > 0 && each.every((name) => name.trim().startsWith("type "));
}

function resolveSpecifier(path: string, specifier: string): string {
  return specifier.startsWith(".") ? posix.join(dirname(path), specifier) : specifier;
}
