import { globSync, readFileSync } from "node:fs";
import { dirname, join, posix } from "node:path";

/** One import or re-export of a module. */
export interface Import {
  /** Relative to the source directory (`errors/app-error.ts`), or as written (`node:fs`, `yaml`). */
  readonly target: string;
  /** Gone at run time: `import type`, or nothing but `type` names in the braces. */
  readonly isType: boolean;
}

export interface Module {
  /** Relative to the source directory, `/`-separated. */
  readonly path: string;
  /** Without comments; texts in quotes stay. */
  readonly code: string;
  readonly imports: readonly Import[];
}

/** All modules below a source directory, with what they import. They are formatted, so patterns can read them. */
export function readModules(directory: string): Module[] {
  const paths = globSync("**/*.ts", { cwd: directory }).toSorted();
  return paths.map((path) => {
    const code = readFileSync(join(directory, path), "utf8").replaceAll(
      /^\s*(\/\*[\s\S]*?\*\/|\/\/.*)/gm,
      "",
    );
    return { path, code, imports: readImports(path, code) };
  });
}

const STATIC = /^(?:import|export)\s+(?:(type)\s+)?(?:([^;"'`]*?)\s+from\s+)?"([^"]+)"/gm;
const DYNAMIC = /\bimport\(\s*"([^"]+)"/g;

function readImports(path: string, code: string): Import[] {
  const found = code.matchAll(STATIC).map(([, type, names = "", specifier = ""]) => ({
    target: resolveSpecifier(path, specifier),
    isType: type !== undefined || hasTypesOnly(names),
  }));
  const lazy = code.matchAll(DYNAMIC).map(([, specifier = ""]) => ({
    target: resolveSpecifier(path, specifier),
    isType: false,
  }));
  return [...found, ...lazy];
}

function hasTypesOnly(names: string): boolean {
  const inner = /^\{([^}]*)\}$/.exec(names.trim())?.[1];
  const each = inner?.split(",").filter((name) => name.trim() !== "") ?? [];
  return each.length > 0 && each.every((name) => name.trim().startsWith("type "));
}

function resolveSpecifier(path: string, specifier: string): string {
  return specifier.startsWith(".") ? posix.join(dirname(path), specifier) : specifier;
}
