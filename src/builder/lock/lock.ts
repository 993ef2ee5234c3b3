import { valid } from "@renovatebot/pep440";
import { isRequirement, parseRequirement } from "../../description/requirement.ts";
import { AppError } from "../../errors/app-error.ts";

/** A distribution as a lock pins it. A lock may hold one name several times, each with another marker. */
export interface LockedDistribution {
  /** Normalized as PEP 503 says. */
  readonly name: string;
  readonly version: string;
  /** `sha256:…` of each file that may be used, sorted; never empty. */
  readonly hashes: readonly string[];
  /** PEP 508; absent: always. */
  readonly marker?: string;
}

/** The distributions of an application, whatever file they come from. */
export interface Lock {
  /** Of the file, relative to the application: for people. */
  readonly path: string;
  readonly distributions: readonly LockedDistribution[];
}

export function lockInvalid(path: string, reason: string, hint: string, cause?: unknown): AppError {
  return new AppError({
    code: "lock_invalid",
    message: `cannot use ${path}: ${reason}`,
    hint,
    details: { path },
    cause,
  });
}

const HASH = /^sha256:[0-9a-f]{64}$/;

/** What uv is given as a line of its own has nothing in it but name, version and hashes. @throws AppError `lock_invalid`. */
export function checkPin(path: string, pin: LockedDistribution): LockedDistribution {
  const { name, version, hashes } = pin;
  const hint = "Lock again with the tool that wrote it.";
  const shown = JSON.stringify(name);
  const named = parseRequirement(name);
  if (!isRequirement(named) || named.name !== name)
    throw lockInvalid(path, `${shown} is not the name of a distribution`, hint);
  if (/\s/.test(version) || valid(version) === null) {
    throw lockInvalid(path, `${name} has ${JSON.stringify(version)}, which is not a version`, hint);
  }
  const wrong = hashes.find((hash) => !HASH.test(hash));
  if (wrong !== undefined)
    throw lockInvalid(path, `${name} has ${JSON.stringify(wrong)}, which is not a hash`, hint);
  return pin;
}

/** The lines that uv installs one distribution from. No marker: the choice has been made. */
export function renderPin({ name, version, hashes }: LockedDistribution): string {
  return [`${name}==${version}`, ...hashes.map((hash) => `    --hash=${hash}`)].join(" \\\n");
}

/** For whatever a lock names that no index has. */
export const DIRECT_HINT = "Publish it to an index, or put its files into the application.";

export function sortedUnique(texts: readonly string[]): string[] {
  return [...new Set(texts)].sort();
}
