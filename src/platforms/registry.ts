import type { Plan } from "../artifact/plan.ts";
import { AppError } from "../errors/app-error.ts";
import { findNearMiss } from "../errors/near-miss.ts";
import { asgiPlatform } from "./asgi/platform.ts";
import { djangoPlatform } from "./django/platform.ts";
import { flaskPlatform } from "./flask/platform.ts";
import { planEnvironment } from "./plan-environment.ts";
import type { PlanInput, Platform } from "./platform.ts";
import { pythonPlatform } from "./python/platform.ts";
import { wsgiPlatform } from "./wsgi/platform.ts";

/** In the order in which they refine a plan: django knows the object that wsgi or asgi finds a server for. */
export const PLATFORMS: readonly Platform[] = [
  pythonPlatform,
  djangoPlatform,
  flaskPlatform,
  wsgiPlatform,
  asgiPlatform,
];

const EMPTY_PLAN: Plan = { importPath: [], scripts: {}, commands: {}, processes: {}, objects: {} };

/**
 * The platforms that the description names, or all that the application shows, with what these imply; in the order of
 * the registry.
 * @throws AppError `platform_not_found`, with the near miss.
 */
export function choosePlatforms(input: PlanInput): readonly Platform[] {
  const { platforms: named } = input.description;
  const chosen = new Set(
    named.length > 0
      ? named.map(findPlatform)
      : PLATFORMS.filter((platform) => platform.detect?.(input) !== undefined),
  );
  // A Set is walked to its end even when it grows: what is implied may imply more.
  for (const platform of chosen) for (const name of platform.requires(input)) chosen.add(findPlatform(name));
  if (chosen.size > 0) return PLATFORMS.filter((platform) => chosen.has(platform));
  throw new AppError({
    code: "platform_not_found",
    message: "cannot choose a platform: there is no known kind of application here",
    hint: `Set \`platform\` to one of ${platformNames().join(", ")}, or name what to install under \`pip\`.`,
  });
}

/** How the application is started, as its platforms decide. @throws AppError as `Platform.refine` says. */
export function planApplication(input: PlanInput): Plan {
  const plan = choosePlatforms(input).reduce(
    (before, platform) => platform.refine(before, input),
    EMPTY_PLAN,
  );
  return planEnvironment(withSystemPackages(withServe(plan), input), input);
}

/** Requirements to resolve besides those of the application: servers that it needs to run as planned. */
export function planRequirements(input: PlanInput): readonly string[] {
  const plan = planApplication(input);
  return [
    ...new Set(choosePlatforms(input).flatMap((platform) => platform.requirements?.(plan, input) ?? [])),
  ].sort();
}

/** What to know of how an application runs, from its platforms. */
export function listNotes(input: PlanInput): readonly string[] {
  return choosePlatforms(input).flatMap((platform) => platform.notes?.(input) ?? []);
}

/** The command `serve` starts the process `web`, unless the application has a command of that name. */
function withServe(plan: Plan): Plan {
  const web = plan.processes["web"];
  if (web === undefined || plan.commands["serve"]) return plan;
  const help = "Serve the application on $HOST and $PORT.";
  const serve = { kind: "argv", argv: web.argv, help, origin: "platform" } as const;
  return { ...plan, commands: { ...plan.commands, serve } };
}

/** What the description says of the host counts whatever the platforms are. */
function withSystemPackages(plan: Plan, { description: { deb, rpm } }: PlanInput): Plan {
  return deb.length + rpm.length === 0 ? plan : { ...plan, systemPackages: { deb, rpm } };
}

function findPlatform(name: string): Platform {
  const found = PLATFORMS.find((platform) => platform.name === name);
  if (found) return found;
  const near = findNearMiss(name, platformNames());
  throw new AppError({
    code: "platform_not_found",
    message: `cannot choose a platform: there is none named ${name}`,
    hint: near === undefined ? `Use one of ${platformNames().join(", ")}.` : `Did you mean ${near}?`,
    details: { platform: name, nearMiss: near, known: platformNames() },
  });
}

function platformNames(): readonly string[] {
  return PLATFORMS.map(({ name }) => name);
}
