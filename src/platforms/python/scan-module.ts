import type { PlannedObject } from "../../artifact/plan.ts";
import { codeOf } from "./source-text.ts";

export type ServedInterface = Exclude<PlannedObject["interface"], "python">;

/** Something at the left margin of a module that a server may load. */
export interface ScannedObject {
  readonly attribute: string;
  readonly isFactory: boolean;
  /** Undefined: the module does not show it, as in `app = create_app()`. */
  readonly interface: ServedInterface | undefined;
}

const CONSTRUCTORS: ReadonlyMap<string, ServedInterface> = new Map([
  ["Flask", "wsgi"],
  ["Bottle", "wsgi"],
  ["make_wsgi_app", "wsgi"],
  ["get_wsgi_application", "wsgi"],
  ["FastAPI", "asgi"],
  ["Starlette", "asgi"],
  ["Litestar", "asgi"],
  ["Quart", "asgi"],
  ["Sanic", "asgi"],
  ["ProtocolTypeRouter", "asgi"],
  ["get_asgi_application", "asgi"],
]);

/** What is often named `app` and is nothing that a server loads: not made yet, a queue, a command line. */
const OTHERS: ReadonlySet<string> = new Set(["None", "Celery", "Typer"]);

/** Their modules are called as their distributions are. */
const FRAMEWORKS: Readonly<Record<ServedInterface, readonly string[]>> = {
  asgi: ["fastapi", "starlette", "litestar", "quart", "sanic"],
  wsgi: ["flask", "bottle", "pyramid", "werkzeug"],
};
const IMPORTED = (["asgi", "wsgi"] as const).map((shown) => ({
  shown,
  pattern: new RegExp(`^\\s*(?:from|import)\\s+(?:${FRAMEWORKS[shown].join("|")})\\b`, "m"),
}));

const ASSIGNMENT = /^([A-Za-z_]\w*)[ \t]*(?::[^=\n]+)?=(?!=)[ \t]*(?:\w+\.)*(\w+|\()/gm;
const FUNCTION = /^(?:async[ \t]+)?def[ \t]+(\w+)[ \t]*\(([^)]*)/gm;
const IMPORT = /^from[ \t]+\S+[ \t]+import[ \t]+[^\n]*\b(app|application)\b[ \t]*(?:,|$)/gm;

/**
 * What a server may load from a module, the more likely first: objects with the usual names, or else those that are
 * made by a known framework, or else factories.
 *
 * @param source - Python, untrusted and perhaps not valid.
 * @param moduleName - last part of the module's name; `wsgi` and `asgi` are modules made for servers.
 */
export function scanModule(source: string, moduleName: string): readonly ScannedObject[] {
  const code = codeOf(source);
  const isForServers = moduleName === "wsgi" || moduleName === "asgi";
  const usual = isForServers ? moduleName : IMPORTED.find(({ pattern }) => pattern.test(code))?.shown;

  const objects: ScannedObject[] = [];
  const factories: ScannedObject[] = [];
  for (const [, attribute = "", callee = ""] of code.matchAll(ASSIGNMENT)) {
    const constructed = CONSTRUCTORS.get(callee);
    if (OTHERS.has(callee)) continue;
    if (constructed === undefined && !isUsualName(attribute)) continue;
    objects.push({ attribute, isFactory: false, interface: constructed ?? usual });
  }
  for (const [, attribute = "", parameters = ""] of code.matchAll(FUNCTION)) {
    const isFactory = /^(create|make)_(app|application)$/.test(attribute) && needsNothing(parameters);
    if (isFactory) factories.push({ attribute, isFactory, interface: usual });
    const shown = interfaceOf(parameters);
    if (isUsualName(attribute) && shown) objects.push({ attribute, isFactory: false, interface: shown });
  }
  for (const [, attribute = ""] of isForServers ? code.matchAll(IMPORT) : []) {
    objects.push({ attribute, isFactory: false, interface: usual });
  }
  return choose(objects, factories);
}

/** What an application that asks for these distributions is, when they are frameworks of one interface only. */
export function interfaceOfFrameworks(names: readonly string[]): ServedInterface | undefined {
  const shown = (["asgi", "wsgi"] as const).filter((one) =>
    FRAMEWORKS[one].some((name) => names.includes(name)),
  );
  return shown.length === 1 ? shown[0] : undefined;
}

/** `app = Flask(...)` and `app = wrap(app)` are one object; one with a usual name is preferred to others. */
function choose(
  objects: readonly ScannedObject[],
  factories: readonly ScannedObject[],
): readonly ScannedObject[] {
  for (const name of ["application", "app"]) {
    const named = objects.filter(({ attribute }) => attribute === name);
    const first = named.find((object) => object.interface !== undefined) ?? named[0];
    if (first) return [first];
  }
  return objects.length > 0 ? objects : factories;
}

function isUsualName(attribute: string): boolean {
  return attribute === "app" || attribute === "application";
}

/** Of a function that is an application itself: PEP 3333 has two parameters, ASGI 3 has three. */
function interfaceOf(parameters: string): ServedInterface | undefined {
  if (/^\s*scope\b/.test(parameters)) return "asgi";
  return /^\s*environ?\b/.test(parameters) ? "wsgi" : undefined;
}

function needsNothing(parameters: string): boolean {
  const withoutBrackets = parameters.replace(/\[[^\]]*\]/g, "");
  return withoutBrackets.split(",").every((parameter) => /^\s*$|^\s*[*/]|=/.test(parameter));
}
