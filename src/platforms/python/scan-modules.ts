import type { AppFiles } from "../../description/description.ts";
import { AppError } from "../../errors/app-error.ts";
import { findFlaskApp } from "../flask/flask-app.ts";
import { type ScannedObject, scanModule } from "./scan-module.ts";
import { pathBelow } from "./source-roots.ts";

const MODULES = ["wsgi", "asgi", "app", "application", "main", "server"];
const NOT_OWN = /^(?:[._].*|tests?|docs?|examples?|build|dist|node_modules|venv|env)\/$/;
const NOT_SERVED = /^(?:setup|conftest|manage|tests?|test_.*|.*_test)$/;
const MAX_PACKAGES = 100;
/** Of a directory of the import path. */
const MAX_MODULES = 500;

/** An object with where it was found. */
export interface RankedObject extends ScannedObject {
  readonly module: string;
  readonly source: string;
  /** The lowest are chosen. */
  readonly rank: number;
}

/** Objects in some of the modules of a directory of the import path, and of the packages that lie there. */
export function scanModules(
  files: AppFiles,
  root: string,
  listModules: (names: readonly string[]) => readonly string[],
): readonly RankedObject[] {
  const names = files.list(root);
  const packages = names
    .filter(
      (name) => name.endsWith("/") && !NOT_OWN.test(name) && files.has(pathBelow(root, `${name}__init__.py`)),
    )
    .slice(0, MAX_PACKAGES);
  const paths = [
    ...listModules(names).filter((name) => name !== "__init__"),
    ...packages.flatMap((folder) =>
      listModules(files.list(pathBelow(root, folder))).map((name) => `${folder}${name}`),
    ),
  ].slice(0, MAX_MODULES);
  return paths.flatMap((path) => {
    const source = pathBelow(root, `${path}.py`);
    const text = readSource(files, source) ?? "";
    const name = path.split("/").at(-1) ?? "";
    const module = path.replace(/\/__init__$/, "").replaceAll("/", ".");
    const rankOf = (isFactory: boolean) => (name === "wsgi" || name === "asgi" ? 0 : isFactory ? 3 : 2);
    return scanModule(text, name).map((object) => ({
      ...object,
      module,
      source,
      rank: rankOf(object.isFactory),
    }));
  });
}

/** Modules that are named as those for servers usually are. */
export function listUsual(names: readonly string[]): readonly string[] {
  return ["__init__", ...MODULES].filter((module) => names.includes(`${module}.py`));
}

/** All other modules, but for those that surely serve nothing. */
export function listOthers(names: readonly string[]): readonly string[] {
  return names
    .filter((name) => name.endsWith(".py"))
    .map((name) => name.slice(0, -".py".length))
    .filter((module) => !listUsual(names).includes(module) && !NOT_SERVED.test(module));
}

/** What `.flaskenv` names, if the application has that module. */
export function scanFlaskApp(files: AppFiles, roots: readonly string[]): readonly RankedObject[] {
  const named = findFlaskApp(files);
  if (named === undefined) return [];
  const { module, attribute, isFactory } = named;
  const path = module.replaceAll(".", "/");
  const source = roots
    .flatMap((root) => [pathBelow(root, `${path}.py`), pathBelow(root, `${path}/__init__.py`)])
    .find((place) => files.has(place));
  if (source === undefined) return [];
  const told = { module, source: ".flaskenv", interface: "wsgi", rank: 1 } as const;
  if (attribute !== undefined) return [{ ...told, attribute, isFactory }];
  // As in a module made for servers, what it imports counts as well.
  return scanModule(readSource(files, source) ?? "", "wsgi").map((object) => ({
    ...object,
    ...told,
  }));
}

/** Undefined when there is none that could be looked through. */
export function readSource(files: AppFiles, path: string): string | undefined {
  try {
    return files.read(path);
  } catch (error) {
    // In another encoding than UTF-8, or huge: nothing to look through. Python may still load it.
    if (error instanceof AppError && error.code === "description_unreadable") return undefined;
    throw error;
  }
}
