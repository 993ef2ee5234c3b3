import type { Command, PlannedObject } from "../../artifact/plan.ts";
import { AppError } from "../../errors/app-error.ts";
import type { PlanInput, Platform } from "../platform.ts";
import { namedInterface, parseReference } from "../python/find-objects.ts";
import type { ServedInterface } from "../python/scan-module.ts";
import { type DjangoProject, findManageDirectories, findProject } from "./find-project.ts";

/** Command of the plan to its help and its words after manage.py. */
const COMMANDS: readonly (readonly [name: string, help: string, ...words: string[]])[] = [
  ["manage", "Run any command of manage.py."],
  ["migrate", "Bring the database up to date with the models.", "migrate"],
  ["collectstatic", "Copy all static files to STATIC_ROOT.", "collectstatic", "--noinput"],
  ["createsuperuser", "Create a user who may do everything in the admin.", "createsuperuser"],
  ["check", "Look for common problems in the project.", "check"],
];

/** A Django project: its manage.py, and the object that its settings name for servers. */
export const djangoPlatform: Platform = {
  name: "django",
  help: "A Django project: the commands of its manage.py, served as its settings say.",
  requires: (input) => ["python", interfaceOf(input)],

  detect({ files }) {
    const [root] = findManageDirectories(files);
    return root === undefined ? undefined : manageOf(root);
  },

  // Django leaves time zones to the system, and a small one has none: then not even UTC is known.
  requirements: (_plan, { distributions }) =>
    distributions.some(({ name }) => name === "tzdata") ? [] : ["tzdata"],

  refine(plan, input) {
    const project = chooseProject(input);
    const commands = COMMANDS.map(([name, help, ...words]): [string, Command] => {
      const argv = ["python", `{app}/${manageOf(project.root)}`, ...words];
      return [name, { kind: "argv", argv, help, origin: "platform" }];
    });
    // The directory of manage.py is what Django itself starts imports from.
    const root = plan.importPath.indexOf(".");
    const importPath = plan.importPath.toSpliced(
      root === -1 ? plan.importPath.length : root,
      0,
      project.root,
    );
    const app = planObject(project, input);
    return {
      ...plan,
      importPath: [...new Set(importPath)],
      commands: { ...Object.fromEntries(commands), ...plan.commands },
      objects: { ...plan.objects, ...(app && { app }) },
    };
  },
};

/** The interface that the project is served by: the one named, else WSGI unless the project has only ASGI. */
function interfaceOf(input: PlanInput): ServedInterface {
  const named = namedInterface(input);
  if (named) return named;
  const [root] = findManageDirectories(input.files);
  const project = root === undefined ? undefined : findProject(input.files, root);
  return project && !project.wsgi && project.asgi ? "asgi" : "wsgi";
}

/** Undefined: what it is has to be found by others, or the description's process `web` needs none. */
function planObject(project: DjangoProject, input: PlanInput): PlannedObject | undefined {
  const served = interfaceOf(input);
  const reference = input.description.app ?? project[served];
  return reference === undefined ? undefined : { interface: served, ...parseReference(reference) };
}

function chooseProject({ files }: PlanInput): DjangoProject {
  const roots = findManageDirectories(files);
  const [project, ...others] = roots.flatMap((root) => findProject(files, root) ?? []);
  if (project && others.length === 0) return project;
  const found = roots.map(manageOf).join(" and ");
  throw new AppError({
    code: "object_not_found",
    message: `cannot find the Django project: ${project ? `there are ${found}` : "no manage.py names its settings"}`,
    hint: project
      ? "Build from the directory of the one that you mean."
      : "Put manage.py into the application's directory, or into one directly below it.",
    details: { found: roots.map(manageOf) },
  });
}

function manageOf(root: string): string {
  return root === "." ? "manage.py" : `${root}/manage.py`;
}
