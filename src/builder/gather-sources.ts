import type { Identity } from "../artifact/manifest.ts";
import { NOWHERE, type Plan } from "../artifact/plan.ts";
import type { ArtifactLayer } from "../artifact/write-artifact.ts";
import type { AppFiles, Description } from "../description/description.ts";
import { isRequirement, parseRequirement } from "../description/requirement.ts";
import { parseRequirementFile } from "../description/requirement-file.ts";
import type { PlanInput } from "../platforms/platform.ts";
import { isBuilt } from "../platforms/python/source-roots.ts";
import { planApplication } from "../platforms/registry.ts";
import { listApplicationFiles } from "./application/application-files.ts";
import { type FileContents, lookAtEntries, packApplication } from "./application/application-layer.ts";
import { warnOfEmpty } from "./application/warn-of-empty.ts";
import { warnOfHidden } from "./application/warn-of-hidden.ts";
import type { BuildRun } from "./build-run.ts";
import { buildProject } from "./distributions/build-project.ts";
import { checkCollisions } from "./distributions/check-collisions.ts";
import type { InstalledDistribution } from "./distributions/install-distributions.ts";
import type { Elf } from "./elf/elf.ts";
import { findFloor } from "./elf/libc-floor.ts";
import { type CachedLayer, readLayerFiles } from "./layer-cache.ts";
import type { BuildTarget } from "./target/build-target.ts";
import type { Uv } from "./uv/run-uv.ts";

/** Everything of an artifact that came from a wheel or from the application's directory, and the plan for it. */
export interface Sources {
  readonly plan: Plan;
  readonly version: string;
  /** Distributions by name, the application last: what it has goes over what they have. */
  readonly layers: readonly ArtifactLayer[];
  /** Those of `layers` that are the application's: its wheel, its files. */
  readonly own: readonly ArtifactLayer[];
  /** All files of `own`. */
  readonly ownFiles: FileContents;
  readonly distributions: readonly InstalledDistribution[];
  /** Of each distribution and of the application's files, whether there is machine code and what it needs. */
  readonly contents: readonly Pick<CachedLayer, "isNative" | "floor">[];
  readonly made: readonly Identity[];
}

export interface SourceInput {
  readonly description: Description;
  readonly files: AppFiles;
  readonly target: BuildTarget;
  readonly findUv: () => Promise<Uv>;
}

/** @throws AppError `files_collide`, `file_outside`, `layer_invalid`, `build_command_failed`; that of planning. */
export async function gatherSources(
  run: BuildRun,
  installed: readonly InstalledDistribution[],
  input: SourceInput,
): Promise<Sources> {
  const { description, target } = input;
  const isProject = isBuilt(input);
  const entries = listApplicationFiles(run.directory, description.files);
  const { digest, contents, elves } = lookAtEntries(entries);
  const project = isProject
    ? await buildProject(run, await projectDigest(run, description, digest), input)
    : undefined;
  const all = project === undefined ? installed : [...installed, project.distribution];
  const distributions = all.toSorted((a, b) => (a.name < b.name ? -1 : 1));
  await checkCollisions(run, distributions);

  const plan = planApplication(planInput(input, distributions));
  const version =
    description.version ?? distributions.find(({ name }) => name === description.name)?.version ?? "0";
  const isPacked = entries.length > 0 && (!isProject || description.files.length > 0 || usesFiles(plan));
  const packed = isPacked
    ? await packApplication(run, entries, { name: description.name, version, digest })
    : undefined;
  if (isPacked) {
    const others = distributions.filter(({ name }) => name !== description.name);
    const { importPath } = plan;
    await warnOfHidden(
      run,
      { contents, importPath, standardModules: target.interpreter.standardModules },
      others,
    );
  }
  warnOfEmpty(plan, isPacked ? contents : {}, run);
  const layers = distributions.flatMap(({ layer }) => (layer === undefined ? [] : [layer]));
  return {
    plan,
    version,
    layers: packed === undefined ? layers : [...layers, packed.layer],
    own: [project?.distribution.layer, packed?.layer].filter((layer) => layer !== undefined),
    ownFiles: {
      ...(project?.distribution.layer && (await readLayerFiles(run, project.distribution.layer.identity))),
      ...(isPacked && contents),
    },
    distributions,
    contents: [...distributions, ...(isPacked ? [describeCode(run, elves, target)] : [])],
    made: [
      ...(project?.isMade ? [project.distribution.layer?.identity ?? []].flat() : []),
      ...(packed?.isMade ? [packed.layer.identity] : []),
    ],
  };
}

/** What the application's own files ask of a machine. Some that are for others may be meant to lie beside. */
function describeCode(run: BuildRun, elves: readonly Elf[], target: BuildTarget) {
  const processors = [...new Set(elves.map(({ processor }) => processor))];
  if (processors.length > 0 && !processors.includes(target.processor)) {
    const found = processors.join(", ");
    const message = `the application's files have machine code for ${found}, and none for ${target.processor}`;
    run.onEvent({ kind: "warning", message });
  }
  return { isNative: elves.length > 0, floor: findFloor(elves, [], target) };
}

/** What platforms are asked with: distributions as far as they are known. */
export function planInput(
  {
    description,
    files,
    isDevelopment,
  }: Pick<SourceInput, "description" | "files"> & Pick<PlanInput, "isDevelopment">,
  distributions: readonly { name: string; version: string; scripts?: Readonly<Record<string, string>> }[],
): PlanInput {
  const requested = listRequestedNames(description, files);
  return {
    description,
    files,
    isDevelopment,
    distributions: distributions.map(({ name, version, scripts = {} }) => ({
      name,
      version,
      scripts,
      isRequested: requested.has(name) || name === description.name,
    })),
  };
}

/** A wheel is made from more than `files` may name: from everything that is not ignored. */
async function projectDigest(run: BuildRun, { files }: Description, digest: string): Promise<string> {
  return files.length === 0 ? digest : lookAtEntries(listApplicationFiles(run.directory, [])).digest;
}

function listRequestedNames({ pip }: Description, files: AppFiles): ReadonlySet<string> {
  const names = pip.flatMap((source) => {
    if (source.kind === "project") return [];
    if (source.kind === "file") {
      return parseRequirementFile(source.path, files).requirements.map(({ requirement }) => requirement.name);
    }
    const requirement = parseRequirement(source.text);
    return isRequirement(requirement) ? [requirement.name] : [];
  });
  return new Set(names);
}

/** Whether the plan needs the application's files beside its wheel. */
function usesFiles({ importPath, commands, processes, static: served }: Plan): boolean {
  const argvs = [
    ...Object.values(processes).map(({ argv }) => argv),
    ...Object.values(commands).map((command) => (command.kind === "argv" ? command.argv : [])),
  ];
  const hasSql = Object.values(commands).some(({ kind }) => kind === "sql");
  const hasFiles = importPath.length > 0 || hasSql || served !== undefined;
  return hasFiles || argvs.flat().some((word) => word.includes("{app}") && word !== NOWHERE);
}
