import { resolve } from "node:path";
import type { Plan } from "../../artifact/plan.ts";
import { findForm } from "../../environment/application/application-form.ts";
import type { PlannedApplication } from "../../environment/application/read-application.ts";
import { enterArtifact } from "../../environment/commands/enter-artifact.ts";
import type { CommandResult } from "../../environment/commands/run-command.ts";
import type { Presence } from "../../environment/presence.ts";
import {
  GENERATE_CONFIG,
  generateConfig,
  type ListedCommand,
  listCommands,
} from "../../environment/settings/generate-config.ts";
import { AppError } from "../../errors/app-error.ts";
import type { ProcessEnd } from "../../system/guarded-process.ts";
import { type Context, defineCommand } from "../command.ts";
import { APPLICATION, ENVIRONMENT_OPTIONS, type EnvironmentValues } from "./arguments.ts";
import { reportEnvironment } from "./report-environment.ts";

/** What there is to run, how a program has ended that had the terminal, or what a command of another kind did. */
export type RunOutcome =
  | ({ readonly kind: "list" } & Omit<PlannedApplication, "plan"> & {
        readonly commands: Readonly<Record<string, ListedCommand>>;
        readonly processes: Plan["processes"];
        /** What runs in the environment now. */
        readonly running: readonly Presence[];
      })
  | ({ readonly kind: "ended" } & ProcessEnd)
  | ({ readonly kind: "ran" } & CommandResult);

export const runCommand = defineCommand(
  {
    name: "run",
    summary: "run a command of a checkout, an artifact or a release",
    details: [
      "Commands, programs of the application's own environment (`python`) and processes, by their names; what follows is the application's. A checkout's dependencies are installed first, in a private environment, when the locks have changed. Settings and services are supplied as docs/environment.md says.",
      "holdall is replaced by the program: process id, terminal, signals, standard input and exit status are its own. Where a server has to be kept running for it, holdall stays beside it and ends as it ends.",
      "An artifact without settings and services, and without options here, is started as by itself, also where its executable bit is lost or the file system refuses to execute.",
    ],
    positionals: [
      { ...APPLICATION, arity: "one" },
      {
        name: "command",
        help: "name of a command, with its arguments; without one, lists them and what runs here",
        arity: "rest",
        is: "text",
      },
    ],
    options: ENVIRONMENT_OPTIONS,
    examples: [
      { line: "holdall run . migrate", help: "a command of the application in this directory" },
      { line: "holdall run .", help: "its commands and processes, and what runs here" },
      { line: "holdall run notes.holdall", help: "name, version, commands" },
      { line: "holdall run notes.holdall migrate", help: "a command of an artifact" },
      { line: "PORT=9000 holdall run notes.holdall serve", help: "serve on another port" },
      { line: "holdall run --set page_size=5 . shell", help: "with another value of a setting" },
    ],
  },
  async ({ application, command, ...values }, context): Promise<RunOutcome> => {
    const [name, ...args] = command;
    if (findForm(application) === "artifact" && isEnough(command, { values, context })) {
      await enterArtifact(application, { words: command, env: context.env });
    }
    const path = resolve(application);
    if (name === undefined) return list(path, values);
    const template = name === GENERATE_CONFIG ? await readTemplate(path) : undefined;
    if (template !== undefined) {
      return { kind: "ran", status: 0, signal: undefined, stdout: template, stderr: "" };
    }
    return runInPlace(path, { name, args, values, context });
  },
);

interface Call {
  readonly values: EnvironmentValues;
  readonly context: Context;
}

/** Whether an artifact that is started by itself does what was asked for: it knows no options of holdall, and prints no JSON. */
function isEnough(command: readonly string[], { values, context: { isJson } }: Call): boolean {
  if (command.length === 0) return !isJson;
  const { set, settings, environment, port } = values;
  return set.length === 0 && [settings, environment, port].every((value) => value === undefined);
}

async function list(path: string, values: EnvironmentValues): Promise<RunOutcome> {
  const { readApplication } = await import("../../environment/application/read-application.ts");
  const { listPresences } = await import("../../environment/presence.ts");
  const { readBase } = await import("./read-place.ts");
  const { plan, ...about } = await readApplication(path);
  const running = await listPresences(readBase(path, values));
  return { kind: "list", ...about, commands: listCommands(plan), processes: plan.processes, running };
}

async function readTemplate(path: string): Promise<string | undefined> {
  const { readApplication } = await import("../../environment/application/read-application.ts");
  const { name, plan } = await readApplication(path);
  return generateConfig(name, plan);
}

async function runInPlace(
  path: string,
  { name, args, values, context }: Call & { readonly name: string; readonly args: readonly string[] },
): Promise<RunOutcome> {
  const { enterCommand } = await import("../../environment/commands/enter-command.ts");
  const { runCommand: run } = await import("../../environment/commands/run-command.ts");
  const { openApplication } = await import("../../environment/application/open-application.ts");
  const { openEnvironment } = await import("../../environment/open-environment.ts");
  const { readPlace } = await import("./read-place.ts");
  const { signal, hideProgress } = context;
  const place = readPlace(path, values, context);
  const runnable = await openApplication(path, {
    ...place,
    isDevelopment: true,
    onEvent: place.onBuildEvent,
  });
  const onEvent = reportEnvironment(context);
  const environment = await openEnvironment({ ...place, runnable, onEvent, starts: [name] });
  try {
    const end = await enterCommand(environment, name, { args, onStart: hideProgress });
    if (end !== undefined) return { kind: "ended", ...end };
    const result = await run(environment, name, { args, signal, onEvent });
    if (result.status !== 0) throw commandFailed(name, result);
    return { kind: "ran", ...result };
  } finally {
    await environment.close();
  }
}

function commandFailed(name: string, { stdout, stderr }: CommandResult): AppError {
  return new AppError({
    code: "command_failed",
    message: `cannot run ${name}: the application answers ${stderr.trimEnd()}`,
    hint: "What it says is above; its log has more.",
    excerpt: stdout.split("\n").slice(-20).join("\n") || undefined,
    details: { command: name },
  });
}
