import type {
  DescribedCommand,
  DescribedMail,
  DescribedProcess,
  LifecycleCommand,
  LifecycleName,
  ScheduledCommand,
} from "../description.ts";
import { LIFECYCLE_NAMES } from "../description.ts";
import { parseSizeBytes } from "../quantity.ts";
import type { WrittenCommand, WrittenLifecycle, WrittenMail, WrittenProcess } from "../schema/run.ts";
import type { Path } from "../source/source.ts";
import { parsePlannedArgv } from "./argv.ts";
import { type Context, listItems } from "./context.ts";
import { cronProblem } from "./cron.ts";
import { parseExistingFile } from "./inner-path.ts";

const MAX_MAIL_BYTES = 1024 ** 3; // docs/plan.md

const KINDS = ["command", "script", "function", "url", "sql"] as const;

type Commands = Readonly<Record<string, DescribedCommand>>;

export interface CommandOptions {
  /** Files that a command names may still be made by the description's build commands. */
  readonly mayBeBuilt: boolean;
}

function parseCommand(
  written: WrittenCommand,
  path: Path,
  context: Context,
  options: CommandOptions,
): DescribedCommand {
  if (typeof written === "string" || Array.isArray(written)) {
    return { kind: "argv", argv: parsePlannedArgv(written, path, context), help: "" };
  }
  const { refuse } = context;
  const kinds = KINDS.filter((kind) => written[kind] !== undefined);
  const [, second] = kinds;
  if (kinds.length === 0) throw refuse(path, `needs one of ${KINDS.join(", ")}`);
  if (second !== undefined) {
    throw refuse([...path, second], `contradicts ${kinds[0]}: a command is one of ${KINDS.join(", ")}`, {
      part: "key",
    });
  }
  const { command, script, function: fn, url, sql, database } = written;
  const help = parseHelp(written.help, path, context);
  if (database !== undefined && sql === undefined) {
    throw refuse([...path, "database"], "belongs to sql", { part: "key" });
  }
  if (command !== undefined) {
    return { kind: "argv", argv: parsePlannedArgv(command, [...path, "command"], context), help };
  }
  if (script !== undefined) {
    return { kind: "script", path: parseExistingFile(script, [...path, "script"], context, options), help };
  }
  if (fn !== undefined) return { kind: "function", function: fn, help };
  if (url !== undefined) return { kind: "url", path: url, help };
  if (database === undefined) throw refuse(path, "needs database, the name of a service");
  const files = listItems(sql ?? [], [...path, "sql"]).map(({ item, path: at }) =>
    parseExistingFile(item, at, context, options),
  );
  return { kind: "sql", database, files, help };
}

export function parseCommands(
  written: Readonly<Record<string, WrittenCommand>>,
  context: Context,
  options: CommandOptions,
): Commands {
  return Object.fromEntries(
    Object.entries(written).map(([name, command]) => [
      name,
      parseCommand(command, ["commands", name], context, options),
    ]),
  );
}

/** @param commands - those that the lifecycle can name. */
export function parseLifecycle(
  written: WrittenLifecycle,
  commands: Commands,
  context: Context,
  options: CommandOptions,
): Partial<Record<LifecycleName, LifecycleCommand>> {
  const lifecycle: Partial<Record<LifecycleName, LifecycleCommand>> = {};
  for (const name of LIFECYCLE_NAMES) {
    const command = written[name];
    if (command === undefined) continue;
    const parsed =
      findNamed(command, commands) ?? parseCommand(command, ["lifecycle", name], context, options);
    const says = (key: string) =>
      typeof command === "object" &&
      Object.entries(command).some(([each, value]) => each === key && value === true);
    lifecycle[name] = {
      ...parsed,
      ...(says("compatible") && { isCompatible: true }),
      ...(says("own_data") && { hasOwnData: true }),
    };
  }
  return lifecycle;
}

/** A text that is the name of a command means that command, also where more is said beside it. */
function findNamed(written: WrittenCommand, commands: Commands): DescribedCommand | undefined {
  const name = typeof written === "object" && "command" in written ? written.command : written;
  return typeof name === "string" && Object.hasOwn(commands, name) ? commands[name] : undefined;
}

/** @param commands - those that it can name. */
export function parseMail(
  written: WrittenMail,
  commands: Commands,
  context: Context,
  options: CommandOptions,
): DescribedMail {
  const command = findNamed(written, commands) ?? parseCommand(written, ["mail"], context, options);
  const size = typeof written === "object" && "max_size" in written ? written.max_size : undefined;
  const maxBytes = size === undefined ? undefined : parseSizeBytes(size);
  if (maxBytes === 0 || (maxBytes ?? 0) > MAX_MAIL_BYTES) {
    throw context.refuse(["mail", "max_size"], `must be from 1B to 1GiB, not ${size}`);
  }
  return { command, maxBytes };
}

export function parseProcesses(
  written: Readonly<Record<string, WrittenProcess>>,
  field: "processes" | "development",
  context: Context,
): Readonly<Record<string, DescribedProcess>> {
  return Object.fromEntries(
    Object.entries(written).map(([name, process]) => [name, parseProcess(process, [field, name], context)]),
  );
}

function parseProcess(written: WrittenProcess, path: Path, context: Context): DescribedProcess {
  if (typeof written === "string" || Array.isArray(written)) {
    return { argv: parsePlannedArgv(written, path, context), instances: 1, overlap: "allowed" };
  }
  const { command, instances = 1, overlap = "allowed" } = written;
  if (overlap === "never" && instances > 1) {
    const reason = `contradicts overlap: never, which allows one and not ${instances}`;
    throw context.refuse([...path, "instances"], reason);
  }
  return { argv: parsePlannedArgv(command, [...path, "command"], context), instances, overlap };
}

/** @param commands - those that a schedule can name. */
export function parseSchedule(
  written: Readonly<Record<string, { readonly cron: string; readonly command: WrittenCommand }>>,
  commands: Commands,
  context: Context,
  options: CommandOptions,
): Readonly<Record<string, ScheduledCommand>> {
  return Object.fromEntries(
    Object.entries(written).map(([name, { cron, command }]) => {
      const path = ["schedule", name];
      const problem = cronProblem(cron);
      if (problem !== undefined) throw context.refuse([...path, "cron"], problem);
      const parsed =
        findNamed(command, commands) ?? parseCommand(command, [...path, "command"], context, options);
      return [name, { cron: cron.trim().replaceAll(/\s+/g, " "), command: parsed }];
    }),
  );
}

function parseHelp(help: string | undefined, path: Path, { refuse }: Context): string {
  if (help?.trim().includes("\n")) throw refuse([...path, "help"], "must be one line");
  return help?.trim() ?? "";
}
