import type { PlannedObject } from "../../artifact/plan.ts";
import { AppError } from "../../errors/app-error.ts";
import type { PlanInput } from "../platform.ts";
import { listAskedNames } from "./requested-names.ts";
import { interfaceOfFrameworks, type ServedInterface, scanModule } from "./scan-module.ts";
import { listOthers, listUsual, readSource, scanFlaskApp, scanModules } from "./scan-modules.ts";
import { findSourceRoots, pathBelow } from "./source-roots.ts";

export interface FoundObject extends PlannedObject {
  readonly interface: ServedInterface;
  /** Where it was found: a file, or `app` of the description. */
  readonly source: string;
}

/**
 * The object that the application is served as; several when nothing tells which. That of the description, or what is
 * found in a module made for servers, or what `.flaskenv` names, or an object elsewhere, or a factory. Where modules with
 * usual names have none, the others count that show a framework.
 * @throws AppError `description_invalid` for an `app` that is not `module:object`.
 */
export function findAppObjects(input: PlanInput): readonly FoundObject[] {
  const { description, files } = input;
  const wanted = namedInterface(input);
  if (description.app !== undefined) return [describedObject(description.app, input)];
  const roots = findSourceRoots(files);
  const places = [
    () => [...scanFlaskApp(files, roots), ...roots.flatMap((root) => scanModules(files, root, listUsual))],
    () => description.paths.flatMap((root) => scanModules(files, root, listUsual)),
    () => roots.flatMap((root) => scanModules(files, root, listOthers)).filter((each) => each.interface),
  ];
  for (const scan of places) {
    const found = scan().filter(
      (object) => wanted === undefined || object.interface === undefined || object.interface === wanted,
    );
    // A module that does not show its interface is of the kind that the rest of the application is.
    const shown = found.find((object) => object.interface !== undefined)?.interface;
    const usual = wanted ?? shown ?? interfaceOfFrameworks(listAskedNames(input)) ?? "wsgi";
    const best = Math.min(...found.map(({ rank }) => rank));
    const objects = found
      .filter(({ rank }) => rank === best)
      .map(({ rank, ...object }) => ({ ...object, interface: object.interface ?? usual }));
    if (objects.length > 0) return objects;
  }
  return [];
}

/** `wsgi` or `asgi` when the description names one of them. */
export function namedInterface({ description: { platforms } }: PlanInput): ServedInterface | undefined {
  const named = (["wsgi", "asgi"] as const).filter((name) => platforms.includes(name));
  return named.length === 1 ? named[0] : undefined;
}

/** @throws AppError `description_invalid`. */
export function parseReference(text: string): Pick<PlannedObject, "module" | "attribute" | "isFactory"> {
  const [, module, attribute, call] = /^([A-Za-z_][\w.]*):([A-Za-z_][\w.]*)(\(\))?$/.exec(text) ?? [];
  if (module === undefined || attribute === undefined) {
    throw new AppError({
      code: "description_invalid",
      message: `cannot use app: ${text} is not module:object`,
      hint: "Write `app: package.module:object`, or `app: package.module:function()` for a factory.",
      details: { field: "app" },
    });
  }
  return { module, attribute, isFactory: call !== undefined };
}

function describedObject(text: string, input: PlanInput): FoundObject {
  const reference = parseReference(text);
  const { files, description } = input;
  const path = reference.module.replaceAll(".", "/");
  const places = [...description.paths, ...findSourceRoots(files)].flatMap((root) => [
    pathBelow(root, `${path}.py`),
    pathBelow(root, `${path}/__init__.py`),
  ]);
  const source = places.map((place) => readSource(files, place)).find((text) => text !== undefined) ?? "";
  const scanned = scanModule(source, path.split("/").at(-1) ?? "");
  const same = scanned.find(({ attribute }) => attribute === reference.attribute) ?? scanned[0];
  const shown = namedInterface(input) ?? same?.interface ?? interfaceOfFrameworks(listAskedNames(input));
  return { ...reference, interface: shown ?? "wsgi", source: "app" };
}
