import { joinArgv } from "../argv.ts";
import type {
  DescribedCommand,
  DescribedMail,
  DescribedProcess,
  DescribedService,
  Description,
  LifecycleCommand,
  PipSource,
  ScheduledCommand,
  Setting,
} from "../description.ts";
import { writtenWord } from "../words.ts";
import type { YamlValue } from "./render-yaml.ts";

/** The keys of a description as a user would write them; parsing them gives the same description. */
export function writtenForm(description: Description): Readonly<Record<string, YamlValue | undefined>> {
  const {
    name,
    version,
    platforms,
    os,
    python,
    interpreter,
    targets,
    rpm,
    deb,
    pip,
    paths,
    app,
    services,
    files,
    build,
  } = description;
  return {
    name,
    version,
    platform: commaText(platforms),
    os: commaText(os),
    python,
    interpreter: interpreter === "host" ? undefined : interpreter,
    targets: commaText(targets),
    rpm: commaText(rpm),
    deb: commaText(deb),
    pip: oneOrList(pip.map(pipText)),
    test_pip: oneOrList(description.testPip.map(pipText)),
    paths: oneOrList(paths),
    app,
    processes: mapping(description.processes, writtenProcess),
    development: mapping(description.development, writtenProcess),
    working_directory: description.workingDirectory === "data" ? undefined : description.workingDirectory,
    commands: mapping(description.commands, writtenCommand),
    schedule: mapping(description.schedule, (scheduled) => writtenSchedule(scheduled, description)),
    lifecycle: mapping(description.lifecycle, (command) => writtenLifecycle(command, description)),
    mail: description.mail && writtenMail(description.mail, description),
    settings: mapping(description.settings, writtenSetting),
    services: mapping(services, writtenService),
    static: mapping(description.static, (directory) => directory),
    files: files.length === 0 ? undefined : files,
    build: build.length === 0 ? undefined : build.map(joinArgv),
  };
}

function commaText(words: readonly string[]): string | undefined {
  return words.length === 0 ? undefined : words.join(", ");
}

function oneOrList(texts: readonly string[]): YamlValue | undefined {
  return texts.length > 1 ? texts : texts[0];
}

function pipText(source: PipSource): string {
  switch (source.kind) {
    case "project":
      return ".";
    case "file":
      return source.path;
    case "requirement":
      return source.text;
  }
}

function mapping<Value>(
  record: Readonly<Record<string, Value>>,
  write: (value: Value, name: string) => YamlValue,
): YamlValue | undefined {
  const entries = Object.entries(record).map(([name, value]) => [name, write(value, name)] as const);
  return entries.length === 0 ? undefined : Object.fromEntries(entries);
}

function commandLine(argv: readonly string[]): string {
  return joinArgv(argv.map(writtenWord));
}

function writtenProcess({ argv, instances, overlap }: DescribedProcess): YamlValue {
  const command = commandLine(argv);
  if (instances === 1 && overlap === "allowed") return command;
  return {
    command,
    ...(instances === 1 ? {} : { instances }),
    ...(overlap === "allowed" ? {} : { overlap }),
  };
}

function writtenCommand(command: DescribedCommand): string | { readonly [key: string]: YamlValue } {
  const help = command.help === "" ? {} : { help: command.help };
  switch (command.kind) {
    case "argv":
      return command.help === ""
        ? commandLine(command.argv)
        : { command: commandLine(command.argv), ...help };
    case "script":
      return { script: command.path, ...help };
    case "function":
      return { function: command.function, ...help };
    case "url":
      return { url: command.path, ...help };
    case "sql":
      return { sql: command.files, database: command.database, ...help };
  }
}

function writtenSchedule({ cron, command }: ScheduledCommand, description: Description): YamlValue {
  return { cron, command: writtenOwnCommand(command, description) };
}

function writtenLifecycle(command: LifecycleCommand, description: Description): YamlValue {
  const { isCompatible, hasOwnData } = command;
  if (!isCompatible && !hasOwnData) return writtenOwnCommand(command, description);
  const written = writtenCommand(command);
  return {
    ...(typeof written === "string" ? { command: written } : written),
    ...(isCompatible && { compatible: true }),
    ...(hasOwnData && { own_data: true }),
  };
}

function writtenMail({ command, maxBytes }: DescribedMail, description: Description): YamlValue {
  if (maxBytes === undefined) return writtenOwnCommand(command, description);
  const written = writtenCommand(command);
  return typeof written === "string"
    ? { command: written, max_size: `${maxBytes}B` }
    : { ...written, max_size: `${maxBytes}B` };
}

/** A text that is a command's name would mean that command: a list is always an argv. */
function writtenOwnCommand(command: DescribedCommand, { commands }: Description): YamlValue {
  const written = writtenCommand(command);
  return typeof written === "string" && Object.hasOwn(commands, written) ? [written] : written;
}

function writtenSetting(setting: Setting, name: string): YamlValue {
  const { type, isRequired, generate, choices, help, env, file } = setting;
  return {
    type,
    ...(setting.default === undefined ? {} : { default: setting.default }),
    ...(isRequired ? { required: true } : {}),
    ...(generate === undefined ? {} : { generate }),
    ...(choices.length === 0 ? {} : { choices }),
    ...(help === "" ? {} : { help }),
    ...(env === undefined || (env === name.toUpperCase() && file === undefined) ? {} : { env }),
    ...(file === undefined ? {} : { file }),
  };
}

function writtenService({ type, env, password, quotaBytes }: DescribedService): YamlValue {
  if (env === undefined && password === undefined && quotaBytes === undefined) return type;
  return {
    type,
    ...(env === undefined ? {} : { env }),
    ...(password === undefined ? {} : { password }),
    ...(quotaBytes === undefined ? {} : { quota: `${quotaBytes}B` }),
  };
}
