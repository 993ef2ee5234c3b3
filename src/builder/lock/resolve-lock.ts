import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { sha256 } from "../../artifact/measure.ts";
import type { Description } from "../../description/description.ts";
import { renderRequirement } from "../../description/requirement.ts";
import { parseRequirementFile } from "../../description/requirement-file.ts";
import { type BuildRun, reportStep } from "../build-run.ts";
import { runUv } from "../uv/run-uv.ts";
import { HOLDALL_LOCK, type HoldallLock, parseHoldallLock, renderHoldallLock } from "./holdall-lock.ts";
import { type LockedDistribution, lockInvalid } from "./lock.ts";
import { isMarkerTrue, type MarkerEnvironment } from "./marker.ts";
import { type LockInput, readOwnLock } from "./read-own-lock.ts";
import { parsePinnedRequirements } from "./requirements.ts";

export interface Resolution {
  /** What is to be installed for the target, sorted by name. */
  readonly distributions: readonly LockedDistribution[];
  /** The files that say so: `uv.lock`, `holdall.lock`, or both. */
  readonly paths: readonly string[];
  /** The text of a holdall.lock that is new or renewed, for whoever finishes the build. */
  readonly renewed: string | undefined;
}

export interface ResolveInput extends LockInput {
  /** Major and minor version of the target's Python. */
  readonly version: string;
  /** What platforms add to these distributions, sorted. */
  readonly planAdded: (distributions: readonly LockedDistribution[]) => readonly string[];
}

/**
 * Which distributions the application gets: from its own lock, from holdall.lock, or resolved now. Resolving keeps the
 * versions of an older holdall.lock that still fit.
 *
 * @throws AppError `lock_invalid`, `resolve_failed`, `index_unreachable`.
 */
export async function resolveLock(run: BuildRun, input: ResolveInput): Promise<Resolution> {
  const own = await readOwnLock(run, input);
  const text = input.files.read(HOLDALL_LOCK);
  const old = text === undefined ? undefined : parseHoldallLock(text);
  const wanted: Wanted =
    own === undefined ? listWanted(input) : { requirements: [], constraints: own.distributions, paths: [] };
  const inputs = `sha256:${sha256(Buffer.from(JSON.stringify(wanted)))}`;

  const isSame = old?.inputs === inputs;
  // What platforms add depends on what this target has without it.
  const fresh = own === undefined && !isSame ? await compile(run, input, wanted, old?.pins) : undefined;
  const base = own?.distributions ?? fresh?.distributions ?? (old === undefined ? [] : withoutAdded(old));
  const added = input.planAdded(select(base, input.environment));
  if (own !== undefined && added.length === 0) {
    return {
      distributions: select(own.distributions, input.environment),
      paths: [own.path],
      renewed: undefined,
    };
  }
  const isCurrent = isSame && isDeepStrictEqual(old.added, added);
  const known = isCurrent ? old : added.length === 0 ? fresh : undefined;
  const lock = known ?? (await compile(run, input, { ...wanted, added }, fresh?.pins ?? old?.pins));
  const owned = select(own?.distributions ?? [], input.environment);
  const others = lock.distributions.filter(({ name }) => !owned.some((each) => each.name === name));
  const distributions = select([...owned, ...others], input.environment);
  const owns = own === undefined ? [] : [own.path];
  // An application that needs nothing gets no file that says so.
  if (lock.distributions.length === 0 && text === undefined)
    return { distributions, paths: owns, renewed: undefined };
  const renewed = isCurrent ? undefined : renderHoldallLock({ inputs, added, pins: lock.pins });
  return { distributions, paths: [...owns, HOLDALL_LOCK], renewed: renewed === text ? undefined : renewed };
}

/** All that resolving depends on; its digest tells whether a lock is still right. */
interface Wanted {
  readonly requirements: readonly string[];
  readonly constraints: readonly LockedDistribution[] | readonly string[];
  /** Files with metadata of the application itself, and their contents. */
  readonly paths: readonly (readonly [path: string, text: string])[];
  readonly python?: string;
  readonly added?: readonly string[];
}

const PROJECT_FILES = ["pyproject.toml", "setup.cfg", "setup.py"];

function listWanted({ description, files, version }: ResolveInput): Wanted {
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
    if (
      source.kind === "project" ||
      (source.kind === "file" && parseRequirementFile(source.path, files).hasProject)
    ) {
      const path = PROJECT_FILES.find((name) => files.has(name));
      if (path !== undefined) paths.push([path, files.read(path) ?? ""]);
    }
  }
  return { requirements, constraints, paths, python: pythonFloor(description, version) };
}

/** The oldest Python that the lock should serve: the least version that the description allows, at most the target's. */
function pythonFloor({ python }: Description, version: string): string {
  const least = /(?:>=|~=|==)\s*(\d+\.\d+)/.exec(python ?? "")?.[1];
  return least ?? version;
}

function withoutAdded({ distributions, added }: HoldallLock): LockedDistribution[] {
  const names = added.map((requirement) => /^[\w.-]+/.exec(requirement)?.[0]);
  return distributions.filter(({ name }) => !names.includes(name));
}

async function compile(
  run: BuildRun,
  { findUv, version }: ResolveInput,
  { requirements, constraints, paths, python = version, added = [] }: Wanted,
  preferred: string | undefined,
): Promise<Pick<HoldallLock, "distributions" | "pins">> {
  const all = [...requirements, ...added];
  if (all.length === 0 && paths.length === 0) return { distributions: [], pins: "" };
  const uv = await findUv();
  return reportStep(run, "resolve", { count: all.length }, async () => {
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
function select(
  distributions: readonly LockedDistribution[],
  environment: MarkerEnvironment,
): readonly LockedDistribution[] {
  const chosen = new Map<string, LockedDistribution>();
  for (const distribution of distributions) {
    const { name, version, marker } = distribution;
    if (marker !== undefined && !isMarkerTrue(marker, environment)) continue;
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
