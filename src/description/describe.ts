import { AppError } from "../errors/app-error.ts";
import type { AppFiles, Described, Description, Origin, PipSource } from "./description.ts";
import { detect } from "./detect/detect.ts";
import { type Detected, found } from "./detect/detected.ts";
import { findLock } from "./detect/lock.ts";
import { applicationName } from "./detect/metadata.ts";
import { parseDescription, type WrittenDescription } from "./parse/parse-description.ts";
import { isRequirement, parseRequirement } from "./requirement.ts";
import { parseRequirementFile } from "./requirement-file.ts";
import { findSource } from "./source/find-source.ts";
import type { Source } from "./source/source.ts";
import { keyOf } from "./written-names.ts";

export interface DescribeOptions {
  /** Name of the application when nothing else tells one. */
  readonly directoryName?: string;
}

const DEFAULTS: Omit<Description, "name" | "lock"> = {
  version: undefined,
  platforms: [],
  os: ["linux"],
  python: undefined,
  interpreter: "host",
  targets: [],
  rpm: [],
  deb: [],
  pip: [],
  testPip: [],
  paths: [],
  app: undefined,
  processes: {},
  workingDirectory: "data",
  development: {},
  commands: {},
  schedule: {},
  lifecycle: {},
  mail: undefined,
  settings: {},
  services: {},
  static: {},
  files: [],
  build: [],
};

/**
 * What an application is: what was written, then what its files tell, then defaults. A key that is written replaces
 * what was found for it as a whole. Pure but for loading the YAML parser when there is YAML.
 * @throws AppError `description_invalid`, `file_outside`, and what `files` throws.
 */
export async function describe(files: AppFiles, options: DescribeOptions = {}): Promise<Described> {
  const source = await findSource(files);
  const written = source === undefined ? {} : parseDescription(source, files);
  const detected = withoutClashes(detect(files, written), written);
  const { name: told, ...chosen } = { ...DEFAULTS, ...valuesOf(detected), ...written };
  const lock = findLock(files, chosen.pip, { isWritten: written.pip !== undefined });
  const { name, origin } = chooseName(told, chosen.pip, options);
  for (const pip of [...chosen.pip, ...chosen.testPip]) {
    if (pip.kind === "file" && files.has(pip.path)) parseRequirementFile(pip.path, files);
  }
  const description: Description = { name, ...chosen, lock };
  const origins: Record<string, Origin> = { ...originsOf(description, { source, written, detected }) };
  if (origin !== undefined) origins["name"] = origin;
  return { description, origins };
}

function valuesOf(detected: Detected): WrittenDescription {
  const entries = Object.entries(detected).flatMap(([field, found]) => (found ? [[field, found.value]] : []));
  return Object.fromEntries(entries);
}

/** A process that somebody wrote wins over a console script of the same name, and the other way round. */
function withoutClashes(detected: Detected, written: WrittenDescription): Detected {
  const without = <V>(record: Readonly<Record<string, V>>, names: object) =>
    Object.fromEntries(Object.entries(record).filter(([name]) => !Object.hasOwn(names, name)));
  const { processes, commands } = detected;
  const finalProcesses = { ...(written.processes ?? processes?.value), ...written.development };
  return {
    ...detected,
    processes: processes && { ...processes, value: without(processes.value, written.commands ?? {}) },
    commands: commands && { ...commands, value: without(commands.value, finalProcesses) },
  };
}

function chooseName(
  name: string | undefined,
  pip: readonly PipSource[],
  { directoryName }: DescribeOptions,
): { readonly name: string; readonly origin?: Origin } {
  if (name !== undefined) return { name };
  const only = pip.length === 1 && pip[0]?.kind === "requirement" ? parseRequirement(pip[0].text) : undefined;
  const fromPip = only && isRequirement(only) ? applicationName(only.name) : undefined;
  const inferred =
    found(fromPip, "the only requirement") ?? found(applicationName(directoryName), "the directory's name");
  if (inferred !== undefined) return { name: inferred.value, origin: inferred.origin };
  throw new AppError({
    code: "description_invalid",
    message: "cannot describe the application: nothing tells its name",
    hint: "Write `name: …` in holdall.yaml.",
    details: { field: "name" },
  });
}

interface Sources {
  readonly source: Source | undefined;
  readonly written: WrittenDescription;
  readonly detected: Detected;
}

/** For each field, and for each name in a field of names. */
function originsOf(description: Description, { source, written, detected }: Sources): Record<string, Origin> {
  const origins: Record<string, Origin> = {};
  for (const [field, value] of Object.entries(description)) {
    const at = (path: readonly string[]): Origin => {
      if (source !== undefined && Object.hasOwn(written, field)) {
        return { source: source.file, line: source.locate(path, "key")?.line };
      }
      const told = Object.entries(detected).find(([name]) => name === field)?.[1];
      if (told === undefined) return { source: "default", line: undefined };
      return { ...told.origin, line: told.lines?.[path[1] ?? ""] };
    };
    const key = keyOf(field);
    origins[field] = at([key]);
    if (typeof value !== "object" || value === null || Array.isArray(value)) continue;
    for (const name of Object.keys(value)) origins[`${field}.${name}`] = at([key, name]);
  }
  if (description.lock) origins["lock"] = { source: description.lock.path, line: undefined };
  return origins;
}
