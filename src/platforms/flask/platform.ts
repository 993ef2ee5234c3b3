import type { Command } from "../../artifact/plan.ts";
import type { AppFiles } from "../../description/description.ts";
import type { PlanInput, Platform } from "../platform.ts";
import { findAppObjects } from "../python/find-objects.ts";
import { findRequestedNames } from "../python/requested-names.ts";
import { findSourceRoots, pathBelow } from "../python/source-roots.ts";
import { planFlask } from "./plan-flask.ts";

/** An application made with Flask: the commands of `flask`, for this application wherever it is called. */
export const flaskPlatform: Platform = {
  name: "flask",
  help: "A web application made with Flask: the commands of flask, and its migrations.",
  requires: () => ["python", "wsgi"],

  detect: (input) => (planFlask(input) === undefined ? undefined : findAppObjects(input)[0]?.source),

  refine(plan, input) {
    const words = planFlask(input);
    if (words === undefined) return plan;
    const command = (help: string, ...more: string[]): Command => {
      return { kind: "argv", argv: [...words, ...more], help, origin: "platform" };
    };
    return {
      ...plan,
      commands: {
        flask: command("Run any command of flask, such as routes and shell, or of the application."),
        ...(hasMigrations(input) && {
          migrate: command("Bring the database up to date with the migrations.", "db", "upgrade"),
        }),
        ...plan.commands,
      },
    };
  },
};

/** A directory that Flask-Migrate has made (`flask db init`), beside the packages or in one of them. */
function hasMigrations(input: PlanInput): boolean {
  const { files } = input;
  if (!findRequestedNames(input).has("flask-migrate")) return false;
  const below = (directory: string) => listDirectories(files, directory);
  return findSourceRoots(files)
    .flatMap((root) => below(root).flatMap((directory) => [directory, ...below(directory)]))
    .some((directory) => files.has(`${directory}/env.py`) && files.has(`${directory}/script.py.mako`));
}

function listDirectories(files: AppFiles, directory: string): readonly string[] {
  return files
    .list(directory)
    .filter((name) => name.endsWith("/") && !name.startsWith(".") && name !== "node_modules/")
    .map((name) => pathBelow(directory, name.slice(0, -1)));
}
