/** What the program for the cache answers to each command: docs/cache.md. Sizes are bytes on the disk. */
export interface CacheReports {
  readonly list: ListedCache;
  readonly verify: VerifiedCache;
  readonly repair: RepairedCache;
  readonly prune: PrunedCache;
  readonly clear: PrunedCache;
}

export type CacheCommand = keyof CacheReports;

interface Reported {
  /** Absolute directory of the cache. */
  readonly cache: string;
}

export interface CachedRelease {
  /** Name of its directory. */
  readonly release: string;
  /** `null`: its record cannot be read. */
  readonly name: string | null;
  readonly version: string | null;
  /** The last start; `null`: nobody knows. */
  readonly usedAt: string | null;
}

export interface CacheProblem {
  readonly path: string;
  readonly problem: string;
}

export interface ListedCache extends Reported {
  readonly releases: readonly (CachedRelease & { readonly isInUse: boolean; readonly sizeBytes: number })[];
  readonly layers: number;
  /** Each file once; with what builds keep. */
  readonly sizeBytes: number;
}

export interface VerifiedCache extends Reported {
  readonly layers: number;
  readonly problems: readonly CacheProblem[];
  /** Nothing is wrong with these. */
  readonly notes: readonly CacheProblem[];
}

export interface RepairedCache extends Reported {
  readonly problems: readonly CacheProblem[];
  readonly removed: readonly string[];
  /** They run; the next start makes another in their place. */
  readonly condemned: readonly string[];
  /** The release of the artifact that was named. */
  readonly made: string | null;
}

export interface PrunedCache extends Reported {
  readonly isDryRun: boolean;
  readonly releases: readonly CachedRelease[];
  readonly layers: readonly {
    readonly layer: string;
    readonly name: string | null;
    readonly version: string | null;
  }[];
  /** Of builds. */
  readonly buildFiles: number;
  /** A build may be running, so what builds keep stays. */
  readonly isBuilding: boolean;
  readonly freedBytes: number;
  readonly kept: readonly (CachedRelease & { readonly reason: string })[];
}
