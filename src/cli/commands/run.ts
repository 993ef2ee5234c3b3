import { resolve } from "node:path";
import type { Plan } from "../../artifact/plan.ts";
import { findArtifactScript, findForm } from "../../environment/application-form.ts";
import type { CommandResult } from "../../environment/commands/run-command.ts";
import type { Presence } from "../../environment/presence.ts";
import type { PlannedApplication } from "../../environment/read-application.ts";
import {
  GENERATE_CONFIG,
  hasGenerateConfig,
  type ListedCommand,
  listCommands,
} from "../../environment/settings/generate-config.ts";
import { AppError } from "../../errors/app-error.ts";
import type { ProcessEnd } from "../../system/guarded-process.ts";
import { replaceProcess } from "../../system/replace-process.ts";
import { type Context, defineCommand } from "../command.ts";
import { APPLICATION, ENVIRONMENT_OPTIONS, type EnvironmentValues } from "./arguments.ts";

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
    if (findForm(application) === "artifact") await startByItself(application, command, { values, context });
    const path = resolve(application);
    if (name === undefined) return list(path, values);
    if (name === GENERATE_CONFIG) {
      const template = await renderTemplate(path);
      if (template !== undefined)
        return { kind: "ran", status: 0, signal: undefined, stdout: template, stderr: "" };
    }
    return runInPlace(path, { name, args, values, context });
  },
);

interface Call {
  readonly values: EnvironmentValues;
  readonly context: Context;
}

async function list(path: string, { environment }: EnvironmentValues): Promise<RunOutcome> {
  const { readApplication } = await import("../../environment/read-application.ts");
  const { listPresences } = await import("../../environment/presence.ts");
  const { plan, ...about } = await readApplication(path);
  const running = await listPresences(resolve(environment ?? (about.form === "checkout" ? path : ".")));
  return { kind: "list", ...about, commands: listCommands(plan), processes: plan.processes, running };
}

/** Undefined where the application has a command of that name itself, or no settings. */
async function renderTemplate(path: string): Promise<string | undefined> {
  const { readApplication } = await import("../../environment/read-application.ts");
  const { renderSettingsTemplate } = await import("../../environment/settings/template.ts");
  const { name, plan } = await readApplication(path);
  return hasGenerateConfig(plan) ? renderSettingsTemplate(name, plan.settings ?? {}) : undefined;
}

async function runInPlace(
  path: string,
  { name, args, values, context }: Call & { readonly name: string; readonly args: readonly string[] },
): Promise<RunOutcome> {
  const { enterCommand } = await import("../../environment/commands/enter-command.ts");
  const { openPlace } = await import("./open-place.ts");
  const { runCommand: run } = await import("../../environment/commands/run-command.ts");
  const { signal, hideProgress } = context;
  const { environment, onEvent } = await openPlace(path, { values, context, starts: [name] });
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

/** execve(2), and no child: whoever started holdall has started the application. Returns when an environment is needed. */
async function startByItself(
  path: string,
  command: readonly string[],
  { values, context: { env, isJson } }: Call,
): Promise<void> {
  const { set, settings, environment, port } = values;
  const hasOptions = [settings, environment, port].some((value) => value !== undefined) || set.length > 0;
  const [name] = command;
  if (name === undefined ? isJson : hasOptions || (await needsEnvironment(path, name))) return;
  replaceProcess({ argv: ["/bin/sh", findArtifactScript(path), ...command], cwd: ".", env });
}

/** Whether an artifact cannot start a command by itself as well as in an environment. */
async function needsEnvironment(path: string, name: string): Promise<boolean> {
  const { readManifest } = await import("../../artifact/open-artifact.ts");
  try {
    const manifest = await readManifest(path);
    return manifest.targets.some(({ plan }) => {
      const command = Object.hasOwn(plan.commands, name) ? plan.commands[name] : undefined;
      if (name === GENERATE_CONFIG && command === undefined) return false;
      const isSupplied = plan.settings !== undefined || plan.services !== undefined;
      return isSupplied || (command !== undefined && command.kind !== "argv");
    });
  } catch (error) {
    // What is wrong with it is said by itself, as where there is no holdall.
    if (error instanceof AppError && error.code.startsWith("artifact_")) return false;
    throw error;
  }
}
