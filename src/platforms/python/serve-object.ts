import type { Plan } from "../../artifact/plan.ts";
import { AppError } from "../../errors/app-error.ts";
import type { PlanInput } from "../platform.ts";
import { planServer } from "../servers/plan-server.ts";
import { SERVERS } from "../servers/servers.ts";
import { type FoundObject, findAppObjects } from "./find-objects.ts";
import type { ServedInterface } from "./scan-module.ts";

interface Options {
  readonly interface: ServedInterface;
}

/** The file or field that shows that the application is served by servers of this interface. */
export function detectInterface(input: PlanInput, options: Options): string | undefined {
  const found = findAppObjects(input);
  // Where both kinds are found it is one of them, so that an application is not of both platforms by accident.
  const object = found.find((one) => one.interface === "wsgi") ?? found[0];
  if (object) return object.interface === options.interface ? object.source : undefined;
  const [program, dash, module] = input.description.processes["web"]?.argv ?? [];
  const name = dash === "-m" ? module : program;
  const server = SERVERS.find(({ script }) => script === name);
  return server?.interface === options.interface ? "processes.web" : undefined;
}

/**
 * The plan with the application's object, and with a server for it where the description names no process `web`.
 * @throws AppError `object_not_found` when there is neither object nor process, or several objects.
 */
export function serveObject(plan: Plan, input: PlanInput, options: Options): Plan {
  const isServed = (plan.objects["app"]?.interface ?? "python") !== "python";
  const planned = isServed ? plan : planObject(plan, input, options);
  const object = planned.objects["app"];
  if (object?.interface !== options.interface || planned.processes["web"]) return planned;
  const argv = planServer(object, input);
  if (argv === undefined) return planned;
  return { ...planned, processes: { ...planned.processes, web: { argv, instances: 1, overlap: "allowed" } } };
}

function planObject(plan: Plan, input: PlanInput, options: Options): Plan {
  const [found, ...others] = findAppObjects(input);
  if (found && others.length === 0) {
    if (found.interface !== options.interface) return plan; // another platform's
    const { source: _, ...app } = found;
    return { ...plan, objects: { ...plan.objects, app } };
  }
  if (plan.processes["web"]) return plan;
  throw found ? ambiguous([found, ...others]) : missing(options);
}

function ambiguous(found: readonly FoundObject[]): AppError {
  const names = found.map(
    ({ module, attribute, isFactory }) => `${module}:${attribute}${isFactory ? "()" : ""}`,
  );
  return new AppError({
    code: "object_not_found",
    message: `cannot choose the object to serve: ${names.slice(0, -1).join(", ")} and ${names.at(-1)} could be it`,
    hint: `Write \`app: ${names[0]}\` in the description, or another of them.`,
    details: { objects: names },
  });
}

function missing(options: Options): AppError {
  return new AppError({
    code: "object_not_found",
    message: `cannot find the ${options.interface} object to serve: no module with a usual name has one`,
    hint: "Write `app: package.module:object` in the description, or say how to start it in `processes.web`.",
    details: { interface: options.interface },
  });
}
