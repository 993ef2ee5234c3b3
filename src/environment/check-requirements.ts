import { join } from "node:path";
import type { Plan } from "../artifact/plan.ts";
import { findLackingPackages } from "../builder/find-lacking-packages.ts";
import { AppError } from "../errors/app-error.ts";
import { startGuarded } from "../system/guarded-process.ts";
import { openApplication } from "./application/open-application.ts";
import type { CheckoutOptions } from "./application/open-checkout.ts";
import { readApplication } from "./application/read-application.ts";
import type { Runnable } from "./application/runnable.ts";
import { runCommand } from "./commands/run-command.ts";
import { ensureDirectories, planDirectories } from "./directories/directories.ts";
import { type EnvironmentOptions, openEnvironment } from "./open-environment.ts";
import { openServices } from "./services/open-services.ts";
import { gatherSettings } from "./settings/gather-settings.ts";
import { requireSettings } from "./settings/resolve-settings.ts";

/** One thing that an application needs of the place where it runs. */
export interface Requirement {
  /** `system packages`, `python`, `settings`, `service database`, `verify`. */
  readonly name: string;
  /** Undefined: it could not be looked at, as something before it is not met. */
  readonly isMet: boolean | undefined;
  /** What is wrong: a sentence without final period; empty where nothing is. */
  readonly reason: string;
  /** What to do. */
  readonly hint: string | undefined;
}

export interface RequirementOptions
  extends Omit<EnvironmentOptions, "runnable" | "starts" | "onEvent">,
    Pick<CheckoutOptions, "cacheDirectory"> {
  readonly onBuildEvent?: CheckoutOptions["onEvent"];
}

/**
 * Looks at all that an application needs here, one after the other, and then asks its own `lifecycle.verify`. A requirement that
 * is not met is a value, not an error.
 * @param path - absolute; of a checkout, an artifact or a release.
 * @throws AppError of readApplication(); the signal's reason.
 */
export async function checkRequirements(
  path: string,
  options: RequirementOptions,
): Promise<readonly Requirement[]> {
  const { plan, form } = await readApplication(path);
  const packages = await checkPackages(plan, options);
  let runnable: Runnable | undefined;
  const python = await look("python", options, async () => {
    runnable = await openApplication(path, { ...options, onEvent: options.onBuildEvent });
  });
  const settings = await look("settings", options, async () => {
    const directories = planDirectories(options.base, form === "checkout" ? "checkout" : "release");
    const { resolved } = await gatherSettings(plan, directories, options);
    requireSettings(resolved.filter(({ planned }) => planned.generate === undefined));
  });
  const services: Requirement[] = [];
  for (const name of Object.keys(plan.services ?? {}))
    services.push(await checkService(name, runnable, options));
  const before = [...packages, python, ...(plan.settings === undefined ? [] : [settings]), ...services];
  return [...before, ...(await checkVerify(plan, { runnable, before, options }))];
}

async function checkPackages(
  { systemPackages }: Plan,
  { env }: RequirementOptions,
): Promise<readonly Requirement[]> {
  if (systemPackages === undefined) return [];
  const lacking = await findLackingPackages(systemPackages, { ...env });
  const { reason = "", hint } = lacking ?? {};
  return [{ name: "system packages", isMet: lacking === undefined, reason, hint }];
}

async function checkService(
  name: string,
  runnable: Runnable | undefined,
  options: RequirementOptions,
): Promise<Requirement> {
  const label = `service ${name}`;
  if (runnable === undefined) return notLooked(label);
  const { plan, prefix, kind, name: application } = runnable;
  return look(label, options, async () => {
    const { env, signal, base } = options;
    const directories = planDirectories(base, kind);
    await ensureDirectories(directories);
    const { others } = await gatherSettings(plan, directories, options);
    const planned = plan.services?.[name];
    const python = join(prefix, "bin/python");
    const opened = await openServices(
      { services: planned === undefined ? {} : { [name]: planned } },
      {
        ...{ directories, env, signal, application, given: { ...others, ...env } },
        startServer: (server) => startGuarded({ ...server, python }),
      },
    );
    try {
      await opened.services[name]?.check();
    } finally {
      await opened.close();
    }
  });
}

async function checkVerify(
  { lifecycle }: Plan,
  {
    runnable,
    before,
    options,
  }: {
    readonly runnable: Runnable | undefined;
    readonly before: readonly Requirement[];
    readonly options: RequirementOptions;
  },
): Promise<readonly Requirement[]> {
  const command = lifecycle?.verify?.command;
  if (command === undefined) return [];
  if (runnable === undefined || before.some(({ isMet }) => !isMet)) return [notLooked("verify")];
  const verify = await look("verify", options, async () => {
    const environment = await openEnvironment({ ...options, runnable, starts: [] });
    try {
      const { status, stdout, stderr } = await runCommand(environment, command, { signal: options.signal });
      if (status !== 0) throw verifyFailed(command, { status, output: stderr || stdout });
    } finally {
      await environment.close();
    }
  });
  return [verify];
}

/** What an AppError says is why a requirement is not met. */
async function look(
  name: string,
  { signal }: RequirementOptions,
  check: () => Promise<void>,
): Promise<Requirement> {
  try {
    await check();
    return { name, isMet: true, reason: "", hint: undefined };
  } catch (error) {
    signal?.throwIfAborted();
    if (!(error instanceof AppError)) throw error;
    const { message, hint, excerpt } = error;
    return { name, isMet: false, reason: excerpt === undefined ? message : `${message}\n${excerpt}`, hint };
  }
}

function notLooked(name: string): Requirement {
  return { name, isMet: undefined, reason: "not looked at: what it needs is not met", hint: undefined };
}

function verifyFailed(
  command: string,
  { status, output }: { readonly status: number | undefined; readonly output: string },
): AppError {
  return new AppError({
    code: "command_failed",
    message: `${command} says no ${status === undefined ? "by a signal" : `with status ${status}`}`,
    excerpt: output.trimEnd().split("\n").slice(-20).join("\n") || undefined,
    hint: "What it says is the application's own.",
  });
}
