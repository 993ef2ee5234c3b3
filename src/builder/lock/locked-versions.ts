import { parse } from "smol-toml";
import * as v from "valibot";
import type { AppFiles, Description } from "../../description/description.ts";

const PackagesSchema = v.array(v.object({ name: v.string(), version: v.optional(v.string()) }));
const LockSchema = v.object({
  /** uv.lock, poetry.lock */
  package: v.optional(PackagesSchema, []),
  /** pylock.toml */
  packages: v.optional(PackagesSchema, []),
});

/**
 * `name==version` of all that the application's own lock has, of every group and extra; without what is in it in several
 * versions. Empty for a lock that is no TOML: it has nothing but what the application needs.
 */
export function listLockedVersions({ lock }: Description, files: AppFiles): readonly string[] {
  if (lock === undefined || !["uv", "poetry", "pylock"].includes(lock.kind)) return [];
  const parsed = v.safeParse(LockSchema, parse(files.read(lock.path) ?? ""));
  if (!parsed.success) return [];
  const versions = new Map<string, Set<string>>();
  for (const { name, version } of [...parsed.output.package, ...parsed.output.packages]) {
    if (version !== undefined) versions.set(name, (versions.get(name) ?? new Set()).add(version));
  }
  return [...versions].flatMap(([name, all]) => (all.size === 1 ? [`${name}==${[...all].join("")}`] : []));
}
