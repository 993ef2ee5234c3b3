import type { AppFiles } from "../../description/description.ts";
import { pathBelow } from "../python/source-roots.ts";
import { withoutComments } from "../python/source-text.ts";

/** A Django project as its files show it. */
export interface DjangoProject {
  /** Directory of manage.py, which is what imports start from; `.` or one name. */
  readonly root: string;
  readonly settingsModule: string;
  /** `module:object` of each server interface; undefined: the project has none. */
  readonly wsgi: string | undefined;
  readonly asgi: string | undefined;
  /** Text of the settings without comments; where they are split into a package, of all its modules. */
  readonly settings: string;
}

/** Whether the settings name an application as one of those installed: the module, or a class below it. */
export function installs({ settings }: DjangoProject, name: string): boolean {
  return new RegExp(`["']${name.replaceAll(".", "\\.")}(?:\\.[\\w.]+)?["']`).test(settings);
}

/** Directories that have a manage.py of a Django project: the root, or else those directly in it. */
export function findManageDirectories(files: AppFiles): readonly string[] {
  if (findSettingsModule(files, ".") !== undefined) return ["."];
  return files
    .list(".")
    .filter((name) => name.endsWith("/") && !name.startsWith("."))
    .map((name) => name.slice(0, -1))
    .filter((name) => findSettingsModule(files, name) !== undefined);
}

/** The project whose manage.py is in `root`; undefined when there is none. */
export function findProject(files: AppFiles, root: string): DjangoProject | undefined {
  const settingsModule = findSettingsModule(files, root);
  if (settingsModule === undefined) return undefined;
  const settings = readSettings(files, root, settingsModule);
  const find = (name: "wsgi" | "asgi") => {
    const pattern = new RegExp(`^${name.toUpperCase()}_APPLICATION\\s*=\\s*["']([\\w.]+)\\.(\\w+)["']`, "m");
    const [, module, attribute] = pattern.exec(settings) ?? [];
    if (module !== undefined) return `${module}:${attribute}`;
    // As `startproject` names it: beside the settings, or beside the package that they are split into.
    const parents = settingsModule.split(".").slice(0, -1);
    const places = [name, ...parents].map((_, at) => [...parents.slice(0, parents.length - at), name]);
    const place = places.find((parts) => files.has(pathBelow(root, `${parts.join("/")}.py`)));
    return place && `${place.join(".")}:application`;
  };
  return { root, settingsModule, wsgi: find("wsgi"), asgi: find("asgi"), settings };
}

function findSettingsModule(files: AppFiles, root: string): string | undefined {
  const source = withoutComments(files.read(pathBelow(root, "manage.py")) ?? "");
  return /["']DJANGO_SETTINGS_MODULE["']\s*(?:,|\]\s*=)\s*["']([\w.]+)["']/.exec(source)?.[1];
}

/** Text of the settings module; where settings are split into a package, of all its modules, their own first. */
function readSettings(files: AppFiles, root: string, settingsModule: string): string {
  const path = pathBelow(root, settingsModule.replaceAll(".", "/"));
  const isPackage = files.has(`${path}/__init__.py`);
  const folder = isPackage ? path : path.replace(/\/?[^/]*$/, "");
  const own = isPackage ? `${path}/__init__.py` : `${path}.py`;
  const isSplit = isPackage || folder.split("/").at(-1) === "settings";
  const siblings = isSplit ? files.list(folder).filter((name) => name.endsWith(".py")) : [];
  const places = new Set([own, ...siblings.map((name) => `${folder}/${name}`)]);
  return [...places].map((place) => withoutComments(files.read(place) ?? "")).join("\n");
}
