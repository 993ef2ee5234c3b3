import type { Command, CommandRecord, Context } from "../command.ts";
import type { Paint } from "../paint.ts";
import { renderCompletion } from "../render/completion.ts";
import { renderHelp } from "../render/help.ts";
import { completionCommand } from "./completion.ts";
import { helpCommand } from "./help.ts";

/** A command and what shows its value. */
export interface Entry {
  readonly record: CommandRecord;
  run(values: Readonly<Record<string, unknown>>, context: Context): Promise<unknown>;
  render(value: unknown, paint: Paint): string;
}

/** In the order of help. To add one: a file here, one in render/, a line. */
export const COMMANDS: readonly Entry[] = [
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
