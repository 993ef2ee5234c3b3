import type { Plan, Word } from "../../artifact/plan.ts";
import type { PlanInput } from "../platform.ts";
import type { ServedInterface } from "../python/scan-module.ts";
import { type DjangoProject, installs } from "./find-project.ts";

/**
 * Django's own server: it serves the static files of all applications that are installed, which no other does. Undefined
 * where it would not serve what is served otherwise; decisions/0030-what-differs-in-development.md.
 */
export function planDevelopmentServer(
  plan: Plan,
  project: DjangoProject,
  input: PlanInput & { readonly served: ServedInterface },
): readonly Word[] | undefined {
  const { app, development } = input.description;
  if (!input.isDevelopment || Object.hasOwn(development, "web")) return undefined;
  const served = plan.processes["web"] ? findServed(plan.processes["web"].argv) : input.served;
  if (served === undefined || (app !== undefined && app !== project[served])) return undefined;
  // Of Django itself it serves WSGI alone: web sockets would be gone.
  if (served === "asgi" && !installs(project, "daphne")) return undefined;
  const manage = project.root === "." ? "manage.py" : `${project.root}/manage.py`;
  return ["python", `{app}/${manage}`, "runserver", "--noreload", "{host}:{port}"];
}

/** By the names that servers, their workers and objects usually have; undefined: it is something else. */
function findServed(argv: readonly Word[]): ServedInterface | undefined {
  const words = argv.join(" ");
  if (/manage\.py/.test(words)) return undefined;
  if (/uvicorn|hypercorn|daphne|asgi/i.test(words)) return "asgi";
  return /gunicorn|waitress|wsgi/i.test(words) ? "wsgi" : undefined;
}
