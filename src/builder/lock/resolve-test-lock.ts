import { renderRequirement } from "../../description/requirement.ts";
import { parseRequirementFile } from "../../description/requirement-file.ts";
import type { BuildRun } from "../build-run.ts";
import { type BuildTarget, markersOf } from "../target/build-target.ts";
import { compileWidely, digestOf, findSame, pythonFloor, type Wanted } from "./compile-lock.ts";
import { parseHoldallLock, renderHoldallLock, TEST_LOCK } from "./holdall-lock.ts";
import type { LockedDistribution } from "./lock.ts";
import { listLockedVersions } from "./locked-versions.ts";
import type { LockInput } from "./read-own-lock.ts";
import { select } from "./resolve-lock.ts";

export interface TestResolution {
  /** What the tests need beside the application's own distributions, for the target; sorted by name. */
  readonly pins: readonly LockedDistribution[];
  /** The text of a holdall-test.lock that is new or renewed, for whoever is done. */
  readonly renewed: string | undefined;
}

/**
 * What only the tests need (`test_pip`), resolved so that it fits what the application has in its locks. The versions of the
 * application's own lock are preferred, as groups for tests are mostly in it, then those of an older holdall-test.lock.
 * @param locked - all that the application's locks have.
 * @throws AppError `lock_invalid`, `resolve_failed`, `index_unreachable`.
 */
export async function resolveTestLock(
  run: BuildRun,
  input: LockInput & { readonly target: BuildTarget; readonly locked: readonly LockedDistribution[] },
): Promise<TestResolution> {
  const { description, files, locked, target } = input;
  const targets = [target];
  const wanted: Wanted = {
    requirements: listTestRequirements(input),
    constraints: locked,
    paths: [],
    python: pythonFloor(description, targets),
  };
  if (wanted.requirements.length === 0) return { pins: [], renewed: undefined };
  const text = files.read(TEST_LOCK);
  const old = text === undefined ? undefined : parseHoldallLock(text, TEST_LOCK);
  const isCurrent = findSame(old, wanted, { targets }) !== undefined;
  const preferred = [...listLockedVersions(description, files), old?.pins ?? ""].join("\n");
  const fresh = isCurrent ? undefined : await compileWidely(run, { ...input, targets }, wanted, preferred);
  const known = new Set(locked.map(({ name }) => name));
  const all = (fresh ?? old)?.distributions ?? [];
  const pins = select(all, markersOf(target)).filter(({ name }) => !known.has(name));
  if (fresh === undefined) return { pins, renewed: undefined };
  const renewed = renderHoldallLock(
    { inputs: digestOf(fresh.wanted), added: [], pins: fresh.pins },
    TEST_LOCK,
  );
  return { pins, renewed: renewed === text ? undefined : renewed };
}

function listTestRequirements({ description, files }: LockInput): readonly string[] {
  return description.testPip.flatMap((source) => {
    if (source.kind === "requirement") return [source.text];
    if (source.kind === "project") return [];
    const { requirements } = parseRequirementFile(source.path, files);
    return requirements.map(({ requirement }) => renderRequirement(requirement));
  });
}
