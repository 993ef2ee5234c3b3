import type { Command, CommandRecord, Context } from "../command.ts";
import type { Paint } from "../paint.ts";
import { renderBuilt } from "../render/build.ts";
import { renderCache } from "../render/cache.ts";
import { renderCheck } from "../render/check.ts";
import { renderCompletion } from "../render/completion.ts";
import { renderConverted } from "../render/convert.ts";
import { type LiveLook, renderDevelopment, renderLive } from "../render/development.ts";
import { renderDiff } from "../render/diff.ts";
import { renderHelp } from "../render/help.ts";
import { renderInitialized } from "../render/init.ts";
import { renderInspected } from "../render/inspect.ts";
import { renderPlanned } from "../render/plan.ts";
import { renderRequirements, statusOfRequirements } from "../render/requirements.ts";
import { renderRun, statusOfRun } from "../render/run.ts";
import { renderSettings } from "../render/settings.ts";
import { renderTested } from "../render/test.ts";
import { renderVerified } from "../render/verify.ts";
import { statusOfEnd } from "../status-of-end.ts";
import { buildCommand } from "./build.ts";
import { cacheCommand } from "./cache.ts";
import { checkCommand } from "./check.ts";
import { completionCommand } from "./completion.ts";
import { devCommand } from "./dev.ts";
import { diffCommand } from "./diff.ts";
import { helpCommand } from "./help.ts";
import { initCommand } from "./init.ts";
import { inspectCommand } from "./inspect.ts";
import { packCommand } from "./pack.ts";
import { planCommand } from "./plan.ts";
import { requirementsCommand } from "./requirements.ts";
import { runCommand } from "./run.ts";
import { settingsCommand } from "./settings.ts";
import { testCommand } from "./test.ts";
import { unpackCommand } from "./unpack.ts";
import { verifyCommand } from "./verify.ts";

/** A command and what shows its value. */
export interface Entry {
  readonly record: CommandRecord;
  run(values: Readonly<Record<string, unknown>>, context: Context): Promise<unknown>;
  render(value: unknown, paint: Paint): string;
  /** Of commands that are there to be watched. */
  readonly live: StartLive | undefined;
  /** Of a value that is there: 0, unless the value is how something has ended. */
  statusOf(value: unknown): number | NodeJS.Signals;
}

/** Gives what turns each event into lines, or nothing. */
export type StartLive = (look: LiveLook) => (event: object) => string;

/** In the order of help. To add one: a file here, one in render/, a line. */
export const COMMANDS: readonly Entry[] = [
  entry(checkCommand, renderCheck),
  entry(initCommand, renderInitialized),
  entry(planCommand, renderPlanned),
  entry(buildCommand, renderBuilt),
  entry(devCommand, renderDevelopment, { live: renderLive }),
  entry(runCommand, renderRun, { statusOf: statusOfRun }),
  entry(testCommand, renderTested, { statusOf: statusOfEnd }),
  entry(settingsCommand, renderSettings),
  entry(requirementsCommand, renderRequirements, { statusOf: statusOfRequirements }),
  entry(inspectCommand, renderInspected),
  entry(verifyCommand, renderVerified),
  entry(diffCommand, renderDiff),
  entry(unpackCommand, renderConverted),
  entry(packCommand, renderConverted),
  entry(cacheCommand, renderCache),
  entry(completionCommand, renderCompletion),
  entry(helpCommand, renderHelp),
];

export function commandRecords(): readonly CommandRecord[] {
  return COMMANDS.map(({ record }) => record);
}

/** The one place that forgets a command's own types; the parser makes the arguments from the same record. */
function entry<Record_ extends CommandRecord, Value, Event_ extends object>(
  { record, run }: Command<Record_, Value>,
  render: (value: Value, paint: Paint) => string,
  {
    live,
    statusOf = () => 0,
  }: {
    readonly live?: (look: LiveLook) => (event: Event_) => string;
    readonly statusOf?: (value: Value) => number | NodeJS.Signals;
  } = {},
): Entry {
  return {
    record,
    live: live as StartLive | undefined,
    run: (values, context) => run(values as Parameters<typeof run>[0], context),
    render: (value, paint) => render(value as Value, paint),
    statusOf: (value) => statusOf(value as Value),
  };
}
