import { mkdtemp, rm } from "node:fs/promises";
import { join } from "node:path";
import { AppError } from "../errors/app-error.ts";
import { type ProcessEnd, runGuarded, USUAL_GRACE_MS } from "../system/guarded-process.ts";
import { findFreePort } from "../system/port-owner.ts";
import { DEFAULT_ADDRESS } from "./addresses.ts";
import { openApplication } from "./application/open-application.ts";
import type { CheckoutOptions } from "./application/open-checkout.ts";
import type { Runnable } from "./application/runnable.ts";
import { type CommandResult, runCommand } from "./commands/run-command.ts";
import { startOfCommand } from "./commands/start-of-command.ts";
import type { OnEnvironmentEvent } from "./events.ts";
import { inheritVariables } from "./inject.ts";
import { type Environment, openEnvironment } from "./open-environment.ts";

export interface TestOptions extends Omit<CheckoutOptions, "directory" | "onEvent"> {
  /** Absolute path of a checkout, an artifact or a release. */
  readonly application: string;
  /** Words that the command of the tests gets. */
  readonly args?: readonly string[];
  /** Absolute; the fresh directory is made in it. */
  readonly parent: string;
  /** The directory stays, to be looked at. */
  readonly keep: boolean;
  /** Descriptor that standard output of the tests goes to. */
  readonly output: number;
  readonly settingsFile?: string | undefined;
  readonly set?: readonly string[];
  readonly onBuildEvent?: CheckoutOptions["onEvent"];
  readonly onEvent: OnEnvironmentEvent;
  /** Called before the streams are theirs. */
  readonly onTests: () => void;
}

/** What the tests say is their status alone. */
export interface TestOutcome extends ProcessEnd {
  readonly application: string;
  readonly version: string;
  /** Where they ran, if it was kept. */
  readonly directory: string | undefined;
}

/**
 * Runs the unit tests of an application in an environment made from nothing but its description and its locks: fresh
 * directories, fresh services, data as `migrate` makes them unless the tests make their own, and of the caller only
 * what docs/environment.md names. Nothing of it is left.
 * @throws AppError `command_not_found` when there are no unit tests, `command_failed` of `migrate`, and what opens an application
 * and an environment throws.
 */
export async function testApplication(options: TestOptions): Promise<TestOutcome> {
  const { application, parent, keep, onBuildEvent } = options;
  const runnable = await openApplication(application, {
    ...options,
    ...{ forTests: true, onEvent: onBuildEvent },
  });
  checkTests(runnable);
  const base = await mkdtemp(join(parent, "holdall-test-"));
  try {
    const environment = await openFresh(runnable, base, options);
    try {
      const end = await runTests(environment, options);
      options.signal?.throwIfAborted();
      const { name, version } = runnable;
      return { application: name, version, ...end, directory: keep ? base : undefined };
    } finally {
      await environment.close();
    }
  } finally {
    if (!keep) await rm(base, { recursive: true, force: true });
  }
}

async function openFresh(runnable: Runnable, base: string, options: TestOptions): Promise<Environment> {
  const { signal, onEvent, settingsFile, set } = options;
  const { host } = DEFAULT_ADDRESS;
  return openEnvironment({
    ...{ runnable, base, signal, onEvent, settingsFile, ...(set && { set }) },
    ...({ kind: "test", starts: [] } as const),
    address: { host, port: await findFreePort(host) },
    env: inheritVariables({ kind: "test", env: options.env }),
  });
}

async function runTests(
  environment: Environment,
  { signal, output, onEvent, onTests, args = [] }: TestOptions,
): Promise<ProcessEnd> {
  const { plan, prefix } = environment.runnable;
  const { migrate, unit_test: tests } = plan.lifecycle ?? {};
  if (migrate !== undefined && !tests?.hasOwnData) {
    const result = await runCommand(environment, migrate.command, { signal, onEvent });
    if (result.status !== 0) throw migrateFailed(environment.runnable, migrate.command, result);
  }
  if (tests === undefined) throw new Error("it was checked that there are tests");
  const command = plan.commands[tests.command];
  if (command?.kind !== "argv") return runCommand(environment, tests.command, { args, signal, onEvent });
  const start = await startOfCommand(environment, tests.command, { command, args });
  onTests();
  return runGuarded({
    ...start,
    python: join(prefix, "bin/python"),
    graceMs: USUAL_GRACE_MS,
    output,
    signal,
  });
}

function checkTests({ name, plan, kind: form }: Runnable): void {
  if (plan.lifecycle?.unit_test !== undefined) return;
  throw new AppError({
    code: "command_not_found",
    message: `cannot test ${name}: it does not say how its unit tests are run, and none were found`,
    hint:
      form === "checkout"
        ? "Write `lifecycle: { unit_test: python -m unittest discover {app} }` into its description, or the command that it has; with pytest in `test_pip` none is needed."
        : "Test its checkout: what only the tests need is in no artifact.",
    details: { application: name },
  });
}

function migrateFailed(
  { name }: Runnable,
  command: string,
  { status, stderr, stdout }: CommandResult,
): AppError {
  return new AppError({
    code: "command_failed",
    message: `cannot test ${name}: ${command} failed ${status === undefined ? "by a signal" : `with status ${status}`}`,
    hint: "Correct it: it makes the data that an application begins with.",
    excerpt: (stderr || stdout).trimEnd().split("\n").slice(-20).join("\n") || undefined,
    details: { command, status },
  });
}
