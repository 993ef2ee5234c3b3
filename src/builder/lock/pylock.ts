import { parse } from "smol-toml";
import * as v from "valibot";
import { normalizeName } from "../../description/requirement.ts";
import { checkPin, DIRECT_HINT, type LockedDistribution, lockInvalid, sortedUnique } from "./lock.ts";

const FileSchema = v.object({
  name: v.optional(v.string()),
  url: v.optional(v.string()),
  hashes: v.record(v.string(), v.string()),
});
const PylockSchema = v.object({
  "lock-version": v.string(),
  packages: v.optional(
    v.array(
      v.object({
        name: v.string(),
        version: v.optional(v.string()),
        marker: v.optional(v.string()),
        wheels: v.optional(v.array(FileSchema), []),
        sdist: v.optional(FileSchema),
      }),
    ),
    [],
  ),
});
const HINT =
  "Lock again with the tool that wrote it, for instance `uv export --format pylock.toml -o pylock.toml`.";

/**
 * PEP 751.
 *
 * @throws AppError `lock_invalid`.
 */
export function parsePylock(text: string, path: string): LockedDistribution[] {
  let lock: v.InferOutput<typeof PylockSchema>;
  try {
    lock = v.parse(PylockSchema, parse(text));
  } catch (cause) {
    const reason = cause instanceof Error ? (cause.message.split("\n")[0] ?? "") : "";
    throw lockInvalid(path, `it is not a pylock.toml (${reason})`, HINT, cause);
  }
  if (!lock["lock-version"].startsWith("1.")) {
    throw lockInvalid(path, `its lock-version is ${lock["lock-version"]}, this holdall knows 1.0`, HINT);
  }
  return lock.packages.map(({ name, version, marker, wheels, sdist }) => {
    const hashes = [...wheels, ...(sdist === undefined ? [] : [sdist])]
      .map((file) => file.hashes["sha256"])
      .filter((hash) => hash !== undefined)
      .map((hash) => `sha256:${hash}`);
    if (version === undefined || (wheels.length === 0 && sdist === undefined)) {
      throw lockInvalid(path, `${name} comes from a directory or an address, not from an index`, DIRECT_HINT);
    }
    if (hashes.length === 0) throw lockInvalid(path, `${name} has no sha256 hash`, HINT);
    const marked = marker === undefined ? {} : { marker };
    return checkPin(path, { name: normalizeName(name), version, hashes: sortedUnique(hashes), ...marked });
  });
}

/** File names of all wheels in a pylock.toml that uv has just written. */
export function listWheels(text: string): readonly string[] {
  return v
    .parse(PylockSchema, parse(text))
    .packages.flatMap(({ wheels }) =>
      wheels.map(({ name, url = "" }) => name ?? decodeURIComponent(url.split("/").at(-1) ?? "")),
    );
}
