import { parse } from "smol-toml";
import * as v from "valibot";
import { isRequirement, normalizeName, parseRequirement } from "../../description/requirement.ts";
import { checkPin, DIRECT_HINT, type LockedDistribution, lockInvalid, sortedUnique } from "./lock.ts";
import { holds, type MarkerEnvironment } from "./marker.ts";

const FileSchema = v.object({ hash: v.string() });
const PackageSchema = v.object({
  name: v.string(),
  version: v.string(),
  optional: v.optional(v.boolean(), false),
  files: v.optional(v.array(FileSchema)),
  /** From format 2.1 on: the groups that need it, and when. */
  groups: v.optional(v.array(v.string())),
  markers: v.optional(v.union([v.string(), v.record(v.string(), v.string())])),
  dependencies: v.optional(v.record(v.string(), v.unknown()), {}),
  source: v.optional(v.object({ type: v.string() })),
});
const PoetryLockSchema = v.object({
  package: v.optional(v.array(PackageSchema), []),
  metadata: v.object({
    "lock-version": v.string(),
    /** Before format 2.0 the hashes are here. */
    files: v.optional(v.record(v.string(), v.array(FileSchema)), {}),
  }),
});
type Package = v.InferOutput<typeof PackageSchema>;

const HINT = "Run `poetry lock`.";
const DIRECT_SOURCES = ["git", "directory", "file", "url"];

/**
 * The main group of a poetry.lock. Formats before 2.1 do not say what a group needs: there the dependencies are followed
 * from `roots`, as they hold in this environment.
 *
 * @param roots - requirements of the application (PEP 508).
 * @throws AppError `lock_invalid`.
 */
export function parsePoetryLock(
  text: string,
  path: string,
  { roots, environment }: { readonly roots: readonly string[]; readonly environment: MarkerEnvironment },
): LockedDistribution[] {
  let lock: v.InferOutput<typeof PoetryLockSchema>;
  try {
    lock = v.parse(PoetryLockSchema, parse(text));
  } catch (cause) {
    const reason = cause instanceof Error ? (cause.message.split("\n")[0] ?? "") : "";
    throw lockInvalid(path, `it is not a poetry.lock (${reason})`, HINT, cause);
  }
  const hasGroups = lock.package.some(({ groups }) => groups !== undefined);
  const wanted = hasGroups
    ? lock.package.filter(({ groups = [], optional }) => groups.includes("main") && !optional)
    : followDependencies(lock.package, roots, (marker) => holds(marker, environment, { path, hint: HINT }));
  return wanted.map((found) => {
    const { name, version, markers, source } = found;
    if (source !== undefined && DIRECT_SOURCES.includes(source.type)) {
      throw lockInvalid(path, `${name} comes from a directory or an address, not from an index`, DIRECT_HINT);
    }
    const { files: listed } = lock.metadata;
    const files = found.files ?? (Object.hasOwn(listed, name) ? listed[name] : undefined) ?? [];
    const hashes = files.map(({ hash }) => hash).filter((hash) => hash.startsWith("sha256:"));
    if (hashes.length === 0) throw lockInvalid(path, `${name} has no sha256 hash`, HINT);
    const marker = typeof markers === "string" ? markers : markers?.["main"];
    const marked = marker === undefined ? {} : { marker };
    return checkPin(path, { name: normalizeName(name), version, hashes: sortedUnique(hashes), ...marked });
  });
}

function followDependencies(
  packages: readonly Package[],
  roots: readonly string[],
  isMet: (marker: string | undefined) => boolean,
): Package[] {
  const found = new Set<Package>();
  const queue = roots
    .map(parseRequirement)
    .filter(isRequirement)
    .filter(({ marker }) => isMet(marker))
    .map(({ name }) => name);
  for (let name = queue.pop(); name !== undefined; name = queue.pop()) {
    for (const candidate of packages) {
      if (normalizeName(candidate.name) !== name || found.has(candidate)) continue;
      found.add(candidate);
      for (const [dependency, constraint] of Object.entries(candidate.dependencies)) {
        const variants = Array.isArray(constraint) ? constraint : [constraint];
        if (variants.some((variant) => isNeeded(variant, isMet))) queue.push(normalizeName(dependency));
      }
    }
  }
  return packages.filter((candidate) => found.has(candidate));
}

/** A dependency is a version, or a table with conditions. */
function isNeeded(variant: unknown, isMet: (marker: string) => boolean): boolean {
  if (typeof variant !== "object" || variant === null) return true;
  if ("optional" in variant && variant.optional === true) return false;
  return !("markers" in variant) || typeof variant.markers !== "string" || isMet(variant.markers);
}
