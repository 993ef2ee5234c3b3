import type { AppFiles, Description } from "../description.ts";
import type { Source } from "../source/source.ts";
import { checkTogether } from "./check-together.ts";
import { parseCommands, parseLifecycle, parseMail, parseProcesses, parseSchedule } from "./commands.ts";
import { parseBuild, parsePaths, parsePatterns, parseStatic } from "./content.ts";
import { contextOf } from "./context.ts";
import { parsePackages, parsePlatforms, parsePython, parseSystems, parseTargets } from "./identity.ts";
import { parsePip, parseTestPip } from "./pip.ts";
import { parseServices } from "./services.ts";
import { parseSettings } from "./settings.ts";
import { checkShape } from "./shape.ts";

/** The part of a description that a user wrote; a key that is absent was not written. */
export type WrittenDescription = Partial<Omit<Description, "lock">>;

/** @throws AppError `description_invalid`, `file_outside`; `details` has file, field, line and column. */
export function parseDescription(source: Source, files: AppFiles): WrittenDescription {
  const context = contextOf(source, files);
  const written = checkShape(source.value, context);
  const mayBeBuilt = { mayBeBuilt: written.build !== undefined };
  const commands = map(written.commands, (value) => parseCommands(value, context, mayBeBuilt));
  const parts: { readonly [K in keyof WrittenDescription]: WrittenDescription[K] | undefined } = {
    name: written.name,
    version: written.version,
    platforms: map(written.platform, (value) => parsePlatforms(value, context)),
    os: map(written.os, (value) => parseSystems(value, context)),
    python: map(written.python, (value) => parsePython(value, context)),
    interpreter: written.interpreter,
    targets: map(written.targets, (value) => parseTargets(value, context)),
    rpm: map(written.rpm, (value) => parsePackages(value, "rpm", context)),
    deb: map(written.deb, (value) => parsePackages(value, "deb", context)),
    pip: map(written.pip, (value) => parsePip(value, context, mayBeBuilt)),
    testPip: map(written.test_pip, (value) => parseTestPip(value, context, mayBeBuilt)),
    paths: map(written.paths, (value) => parsePaths(value, context)),
    app: written.app,
    processes: map(written.processes, (value) => parseProcesses(value, "processes", context)),
    development: map(written.development, (value) => parseProcesses(value, "development", context)),
    workingDirectory: written.working_directory,
    commands,
    schedule: map(written.schedule, (value) => parseSchedule(value, commands ?? {}, context, mayBeBuilt)),
    lifecycle: map(written.lifecycle, (value) => parseLifecycle(value, commands ?? {}, context, mayBeBuilt)),
    mail: map(written.mail, (value) => parseMail(value, commands ?? {}, context, mayBeBuilt)),
    settings: map(written.settings, (value) => parseSettings(value, context)),
    services: map(written.services, (value) => parseServices(value, context)),
    static: map(written.static, (value) => parseStatic(value, context)),
    files: map(written.files, (value) => parsePatterns(value, context)),
    build: map(written.build, (value) => parseBuild(value, context)),
  };
  const description: WrittenDescription = Object.fromEntries(
    Object.entries(parts).filter(([, value]) => value !== undefined),
  );
  checkTogether(description, context);
  return description;
}

function map<Value, Result>(value: Value | undefined, parse: (value: Value) => Result): Result | undefined {
  return value === undefined ? undefined : parse(value);
}
