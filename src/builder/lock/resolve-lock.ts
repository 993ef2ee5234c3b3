import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { sha256 } from "../../artifact/measure.ts";
import type { Description } from "../../description/description.ts";
import { renderRequirement } from "../../description/requirement.ts";
import { parseRequirementFile } from "../../description/requirement-file.ts";
import { isProjectSource } from "../../platforms/python/source-roots.ts";
import { type BuildRun, reportStep } from "../build-run.ts";
import { compareVersions } from "../elf/libc-floor.ts";
import { type BuildTarget, markersOf } from "../target/build-target.ts";
import { runUv } from "../uv/run-uv.ts";
import { HOLDALL_LOCK, type HoldallLock, parseHoldallLock, renderHoldallLock } from "./holdall-lock.ts";
import { type LockedDistribution, lockInvalid, sortedUnique } from "./lock.ts";
import { holds, type MarkerEnvironment } from "./marker.ts";
import { type LockInput, readOwnLock } from "./read-own-lock.ts";
import { parsePinnedRequirements } from "./requirements.ts";

export interface Resolution {
  /** All that the locks have, whatever the target. */
  readonly locked: readonly LockedDistribution[];
  /** What is to be installed for each target, in the order of the targets; sorted by name. */
  readonly selections: readonly (readonly LockedDistribution[])[];
  /** The files that say so: `uv.lock`, `holdall.lock`, or both. */
  readonly paths: readonly string[];
  /** The text of a holdall.lock that is new or renewed, for whoever finishes the build. */
  readonly renewed: string | undefined;
}

export interface ResolveInput extends LockInput {
  /** All are served by the one lock. */
  readonly targets: readonly BuildTarget[];
  /** What platforms add to these distributions. */
  readonly planAdded: (distributions: readonly LockedDistribution[]) => readonly string[];
}

/**
 * Which distributions the application gets: from its own lock, from holdall.lock, or resolved now. Resolving keeps the
 * versions of an older holdall.lock that still fit.
 *
 * @throws AppError `lock_invalid`, `resolve_failed`, `index_unreachable`.
 */
export async function resolveLock(run: BuildRun, input: ResolveInput): Promise<Resolution> {
  const environments = input.targets.map(markersOf);
  const owns = await readOwnLocks(run, input, environments);
  const own = owns === undefined ? undefined : { path: owns.path, distributions: unite(owns.ofEach) };
  const text = input.files.read(HOLDALL_LOCK);
  const old = text === undefined ? undefined : parseHoldallLock(text);
  const wanted: Wanted =
    own === undefined ? listWanted(input) : { requirements: [], constraints: own.distributions, paths: [] };
  const inputs = `sha256:${sha256(Buffer.from(JSON.stringify(wanted)))}`;

  const isSame = old?.inputs === inputs;
  // What platforms add depends on what a target has without it. It is one lock: all of it is for all of them.
  const fresh = own === undefined && !isSame ? await compile(run, input, wanted, old?.pins) : undefined;
  const base = fresh?.distributions ?? (old === undefined ? [] : withoutAdded(old));
  const owned = environments.map((environment, index) => select(owns?.ofEach[index] ?? [], environment));
  const added = sortedUnique(
    environments.flatMap((environment, index) =>
      input.planAdded(own === undefined ? select(base, environment) : (owned[index] ?? [])),
    ),
  );
  if (own !== undefined && added.length === 0) {
    return { locked: own.distributions, selections: owned, paths: [own.path], renewed: undefined };
  }
  const isCurrent = isSame && isDeepStrictEqual(old.added, added);
  const known = isCurrent ? old : added.length === 0 ? fresh : undefined;
  const lock = known ?? (await compile(run, input, { ...wanted, added }, fresh?.pins ?? old?.pins));
  const selections = environments.map((environment, index) => {
    const first = owned[index] ?? [];
    const others = lock.distributions.filter(({ name }) => !first.some((each) => each.name === name));
    return select([...first, ...others], environment);
  });
  const paths = own === undefined ? [] : [own.path];
  // An application that needs nothing gets no file that says so.
  const locked = [...(own?.distributions ?? []), ...lock.distributions];
  if (lock.distributions.length === 0 && text === undefined)
    return { locked, selections, paths, renewed: undefined };
  const renewed = isCurrent ? undefined : renderHoldallLock({ inputs, added, pins: lock.pins });
  return {
    ...{ locked, selections, paths: [...paths, HOLDALL_LOCK] },
    renewed: renewed === text ? undefined : renewed,
  };
}

/** Some formats say what is needed only for one environment at a time. */
async function readOwnLocks(
  run: BuildRun,
  input: LockInput,
  environments: readonly MarkerEnvironment[],
): Promise<{ readonly path: string; readonly ofEach: LockedDistribution[][] } | undefined> {
  const ofEach: LockedDistribution[][] = [];
  let path: string | undefined;
  for (const environment of environments) {
    const lock = await readOwnLock(run, input, environment);
    if (lock === undefined) return undefined;
    path = lock.path;
    ofEach.push([...lock.distributions]);
  }
  return path === undefined ? undefined : { path, ofEach };
}

function unite(lists: readonly (readonly LockedDistribution[])[]): readonly LockedDistribution[] {
  return [...new Map(lists.flat().map((each) => [JSON.stringify(each), each])).values()];
}

/** All that resolving depends on; its digest tells whether a lock is still right. */
export interface Wanted {
  readonly requirements: readonly string[];
  readonly constraints: readonly LockedDistribution[] | readonly string[];
  /** Files with metadata of the application itself, and their contents. */
  readonly paths: readonly (readonly [path: string, text: string])[];
  readonly python?: string;
  readonly added?: readonly string[];
}

const PROJECT_FILES = ["pyproject.toml", "setup.cfg", "setup.py"];

function listWanted({ description, files, targets }: ResolveInput): Wanted {
  const requirements: string[] = [];
  const constraints: string[] = [];
  const paths: [string, string][] = [];
  for (const source of description.pip) {
    if (source.kind === "requirement") requirements.push(source.text);
    if (source.kind === "file") {
      const file = parseRequirementFile(source.path, files);
      requirements.push(...file.requirements.map(({ requirement }) => renderRequirement(requirement)));
      constraints.push(...file.constraints.map(({ requirement }) => renderRequirement(requirement)));
    }
    if (isProjectSource(source, files)) {
      const path = PROJECT_FILES.find((name) => files.has(name));
      if (path !== undefined) paths.push([path, files.read(path) ?? ""]);
    }
  }
  return { requirements, constraints, paths, python: pythonFloor(description, targets) };
}

/** The oldest Python that the lock should serve: the least that the description allows, else the oldest target's. */
export function pythonFloor({ python }: Description, targets: readonly BuildTarget[]): string {
  const least = /(?:>=|~=|==)\s*(\d+\.\d+)/.exec(python ?? "")?.[1];
  return least ?? oldestPython(targets);
}

function oldestPython(targets: readonly BuildTarget[]): string {
  const [oldest] = targets.map(({ interpreter }) => interpreter.version).sort(compareVersions);
  if (oldest === undefined) throw new Error("a lock without targets");
  return oldest;
}

function withoutAdded({ distributions, added }: HoldallLock): LockedDistribution[] {
  const names = added.map((requirement) => /^[\w.-]+/.exec(requirement)?.[0]);
  return distributions.filter(({ name }) => !names.includes(name));
}

/** @param preferred - lines of a lock whose versions are kept where they fit. */
export async function compile(
  run: BuildRun,
  { findUv, targets }: Pick<ResolveInput, "findUv" | "targets">,
  { requirements, constraints, paths, python = oldestPython(targets), added = [] }: Wanted,
  preferred: string | undefined,
): Promise<Pick<HoldallLock, "distributions" | "pins">> {
  const all = [...requirements, ...added];
  if (all.length === 0 && paths.length === 0) return { distributions: [], pins: "" };
  const uv = await findUv();
  return reportStep(run, "resolve", { count: all.length + paths.length }, async () => {
    const directory = join(run.work, "resolve");
    await mkdir(directory, { recursive: true });
    const output = join(directory, "resolved.txt");
    const limits = join(directory, "constraints.txt");
    // uv prefers the versions of an output file that is there.
    await writeFile(output, preferred ?? "");
    await writeFile(limits, constraints.map(renderConstraint).join("\n"));
    const form = ["--universal", "--generate-hashes", "--no-annotate", "--no-header", "--no-emit-index-url"];
    const target = ["--python", uv.interpreter.executable, "--python-version", python];
    const sources = [...paths.map(([path]) => path), ...(all.length > 0 ? ["-"] : [])];
    await runUv(run, uv, {
      args: ["pip", "compile", "-q", ...form, ...target, "--constraints", limits, "-o", output, ...sources],
      input: `${all.join("\n")}\n`,
      step: "resolve",
      goal: "resolve the requirements",
    });
    const pins = await readFile(output, "utf8");
    const hint = "Name a version of an index instead.";
    return { pins, distributions: parsePinnedRequirements(pins, HOLDALL_LOCK, hint) };
  });
}

function renderConstraint(constraint: LockedDistribution | string): string {
  if (typeof constraint === "string") return constraint;
  const { name, version, marker } = constraint;
  return `${name}==${version}${marker === undefined ? "" : ` ; ${marker}`}`;
}

/** What holds in this environment, sorted by name. */
export function select(
  distributions: readonly LockedDistribution[],
  environment: MarkerEnvironment,
): readonly LockedDistribution[] {
  const chosen = new Map<string, LockedDistribution>();
  for (const distribution of distributions) {
    const { name, version, marker } = distribution;
    if (!holds(marker, environment, { path: `the lock`, hint: "Lock again." })) continue;
    const other = chosen.get(name);
    if (other !== undefined && other.version !== version) {
      throw lockInvalid(
        `the lock`,
        `it has ${name} ${other.version} and ${version} for one target`,
        "Lock again.",
      );
    }
    chosen.set(name, distribution);
  }
  return [...chosen.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
}
