import type { Command, Plan, PlannedObject } from "../../artifact/plan.ts";
import { AppError } from "../../errors/app-error.ts";
import type { PlanInput, Platform } from "../platform.ts";
import { namedInterface, parseReference } from "../python/find-objects.ts";
import { findRequestedNames } from "../python/requested-names.ts";
import type { ServedInterface } from "../python/scan-module.ts";
import { planDevelopmentServer } from "./development-server.ts";
import { type DjangoProject, findManageDirectories, findProject, installs } from "./find-project.ts";
import { planTests } from "./plan-tests.ts";

/** Command of the plan to its help and its words after manage.py. */
const COMMANDS: readonly (readonly [name: string, help: string, ...words: string[]])[] = [
  ["manage", "Run any command of manage.py."],
  ["migrate", "Bring the database up to date with the models.", "migrate"],
  ["collectstatic", "Copy all static files to STATIC_ROOT.", "collectstatic", "--noinput"],
  ["createsuperuser", "Create a user who may do everything in the admin.", "createsuperuser"],
  ["check", "Look for common problems in the project.", "check"],
];
const MIGRATED_HELP = "Tell by the status whether migrate has nothing to do.";
const TESTS_HELP = "Run the tests, in a database that Django makes for them.";

const STATIC_NOTE =
  "static files are served in development only: elsewhere whitenoise or a web server in front has to, see docs/platforms.md";

/** Applications that are installed for web sockets. */
const SOCKETS = ["channels", "daphne"];

const ONE = { instances: 1, overlap: "allowed" } as const;

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

  notes(input) {
    const [root] = findManageDirectories(input.files);
    const project = root === undefined ? undefined : findProject(input.files, root);
    if (!project || !installs(project, "django.contrib.staticfiles")) return [];
    const isServed =
      Object.keys(input.description.static).length > 0 ||
      findRequestedNames(input).has("whitenoise") ||
      /["'](?:whitenoise|storages)\./.test(project.settings);
    return isServed ? [] : [STATIC_NOTE];
  },

  refine(plan, input) {
    const project = chooseProject(input);
    const commands = planCommands(plan, project, input);
    const tests = commands["unit_test"];
    const web = planDevelopmentServer(plan, project, { ...input, served: interfaceOf(input) });
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
      commands: { ...commands, ...plan.commands, ...(tests && { unit_test: tests }) },
      processes: { ...plan.processes, ...(web && { web: { ...ONE, ...plan.processes["web"], argv: web } }) },
      ...(tests && {
        lifecycle: { unit_test: { command: "unit_test", hasOwnData: true }, ...plan.lifecycle },
      }),
      objects: { ...plan.objects, ...(app && { app }) },
    };
  },
};

function planCommands(
  plan: Plan,
  project: DjangoProject,
  input: PlanInput,
): Readonly<Record<string, Command>> {
  const manage = ["python", `{app}/${manageOf(project.root)}`];
  const tests = planTests(plan, project, { manage, input });
  const { migrate } = plan.commands;
  // One of the application's own may do something else, of which Django cannot tell whether it is done.
  const isDjangos =
    migrate === undefined ||
    (migrate.kind === "argv" && [...manage, "migrate"].every((word, at) => migrate.argv[at] === word));
  const planned = [
    ...COMMANDS.map(([name, help, ...words]) => ({ name, help, argv: [...manage, ...words] })),
    ...(isDjangos
      ? [{ name: "migrated", help: MIGRATED_HELP, argv: [...manage, "migrate", "--check"] }]
      : []),
    ...(tests ? [{ name: "unit_test", help: TESTS_HELP, argv: tests }] : []),
  ];
  return Object.fromEntries(
    planned.map(({ name, help, argv }) => [name, { kind: "argv", argv, help, origin: "platform" }]),
  );
}

/**
 * The interface that the project is served by: the one named, else WSGI unless the project has only ASGI, or shows that it
 * has web sockets.
 */
function interfaceOf(input: PlanInput): ServedInterface {
  const named = namedInterface(input);
  if (named) return named;
  const [root] = findManageDirectories(input.files);
  const project = root === undefined ? undefined : findProject(input.files, root);
  if (!project?.asgi) return "wsgi";
  const hasSockets =
    /^ASGI_APPLICATION\s*=/m.test(project.settings) && SOCKETS.some((name) => installs(project, name));
  return hasSockets || !project.wsgi ? "asgi" : "wsgi";
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
