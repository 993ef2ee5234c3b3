import { isDeepStrictEqual } from "node:util";
import { renderRequirement } from "../../description/requirement.ts";
import { parseRequirementFile } from "../../description/requirement-file.ts";
import { isProjectSource } from "../../platforms/python/source-roots.ts";
import type { BuildRun } from "../build-run.ts";
import { type BuildTarget, markersOf } from "../target/build-target.ts";
import { compile, compileWidely, digestOf, findSame, pythonFloor, type Wanted } from "./compile-lock.ts";
import { HOLDALL_LOCK, type HoldallLock, parseHoldallLock, renderHoldallLock } from "./holdall-lock.ts";
import { type LockedDistribution, lockInvalid, sortedUnique } from "./lock.ts";
import { holds, type MarkerEnvironment } from "./marker.ts";
import { type LockInput, readOwnLock } from "./read-own-lock.ts";

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

  const same = findSame(old, wanted, input);
  // What platforms add depends on what a target has without it. It is one lock: all of it is for all of them.
  const fresh =
    own === undefined && same === undefined ? await compileWidely(run, input, wanted, old?.pins) : undefined;
  const settled = same ?? fresh?.wanted ?? wanted;
  const inputs = digestOf(settled);
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
  const current = same !== undefined && isDeepStrictEqual(old?.added, added) ? old : undefined;
  const known = current ?? (added.length === 0 ? fresh : undefined);
  const lock = known ?? (await compile(run, input, { ...settled, added }, fresh?.pins ?? old?.pins));
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
  const renewed = current ? undefined : renderHoldallLock({ inputs, added, pins: lock.pins });
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

function withoutAdded({ distributions, added }: HoldallLock): LockedDistribution[] {
  const names = added.map((requirement) => /^[\w.-]+/.exec(requirement)?.[0]);
  return distributions.filter(({ name }) => !names.includes(name));
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
