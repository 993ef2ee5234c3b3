import type { Command, CommandRecord, Context } from "../command.ts";
import type { Paint } from "../paint.ts";
import { renderBuilt } from "../render/build.ts";
import { renderCache } from "../render/cache.ts";
import { renderCheck } from "../render/check.ts";
import { renderCompletion } from "../render/completion.ts";
import { renderConverted } from "../render/convert.ts";
import { renderDiff } from "../render/diff.ts";
import { renderHelp } from "../render/help.ts";
import { renderInitialized } from "../render/init.ts";
import { renderInspected } from "../render/inspect.ts";
import { renderPlanned } from "../render/plan.ts";
import { renderRun } from "../render/run.ts";
import { renderVerified } from "../render/verify.ts";
import { buildCommand } from "./build.ts";
import { cacheCommand } from "./cache.ts";
import { checkCommand } from "./check.ts";
import { completionCommand } from "./completion.ts";
import { diffCommand } from "./diff.ts";
import { helpCommand } from "./help.ts";
import { initCommand } from "./init.ts";
import { inspectCommand } from "./inspect.ts";
import { packCommand } from "./pack.ts";
import { planCommand } from "./plan.ts";
import { runCommand } from "./run.ts";
import { unpackCommand } from "./unpack.ts";
import { verifyCommand } from "./verify.ts";

/** A command and what shows its value. */
export interface Entry {
  readonly record: CommandRecord;
  run(values: Readonly<Record<string, unknown>>, context: Context): Promise<unknown>;
  render(value: unknown, paint: Paint): string;
}

/** In the order of help. To add one: a file here, one in render/, a line. */
export const COMMANDS: readonly Entry[] = [
  entry(checkCommand, renderCheck),
  entry(initCommand, renderInitialized),
  entry(planCommand, renderPlanned),
  entry(buildCommand, renderBuilt),
  entry(runCommand, renderRun),
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
function entry<Record_ extends CommandRecord, Value>(
  { record, run }: Command<Record_, Value>,
  render: (value: Value, paint: Paint) => string,
): Entry {
  return {
    record,
    run: (values, context) => run(values as Parameters<typeof run>[0], context),
    render: (value, paint) => render(value as Value, paint),
  };
}
