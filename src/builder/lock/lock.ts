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

/** The lines that uv installs one distribution from. No marker: the choice has been made. */
export function renderPin({ name, version, hashes }: LockedDistribution): string {
  return [`${name}==${version}`, ...hashes.map((hash) => `    --hash=${hash}`)].join(" \\\n");
}

/** For whatever a lock names that no index has. */
export const DIRECT_HINT = "Publish it to an index, or put its files into the application.";

export function sortedUnique(texts: readonly string[]): string[] {
  return [...new Set(texts)].sort();
}
