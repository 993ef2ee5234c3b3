import type { Word } from "../../artifact/plan.ts";
import type { PlanInput } from "../platform.ts";
import { findAppObjects } from "../python/find-objects.ts";
import { findRequestedNames } from "../python/requested-names.ts";

/**
 * What the command `flask` starts: a runner in every release that knows the application, and keeps the data directory off the
 * import path as the others do. Undefined where there is no Flask, or no one object.
 */
export function planFlask(input: PlanInput): readonly Word[] | undefined {
  const names = findRequestedNames(input);
  if (!names.has("flask")) return undefined;
  const [object, ...others] = findAppObjects(input);
  if (object?.interface !== "wsgi" || others.length > 0) return undefined;
  const { module, attribute, isFactory } = object;
  // Flask-Migrate's migrations are among the application's files, which one that is built does not have otherwise.
  const directory = names.has("flask-migrate") ? "{app}" : "-";
  return ["python", "-m", "holdall_flask", directory, `${module}:${attribute}${isFactory ? "()" : ""}`];
}
