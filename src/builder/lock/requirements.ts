import { isRequirement, parseRequirement } from "../../description/requirement.ts";
import { DIRECT_HINT, type LockedDistribution, lockInvalid, sortedUnique } from "./lock.ts";

/**
 * A requirements file in which every distribution is pinned and hashed, as `uv pip compile --generate-hashes` and `uv
 * export` write it.
 *
 * @param path - for messages.
 * @throws AppError `lock_invalid`.
 */
export function parsePinnedRequirements(text: string, path: string, hint: string): LockedDistribution[] {
  return listRequirementLines(text).map((line) => parsePin(line, path, hint));
}

function parsePin(line: string, path: string, hint: string): LockedDistribution {
  const hashes = [...line.matchAll(/\s--hash[= ](sha256:[0-9a-f]{64})(?=\s|$)/g)].map(
    (match) => match[1] ?? "",
  );
  const bare = line.replaceAll(/\s--hash[= ]\S+/g, "").trim();
  const requirement = parseRequirement(bare);
  if (!isRequirement(requirement) || requirement.url !== undefined) {
    // The line may be an address with credentials: only a name is repeated.
    const shown = isRequirement(requirement) ? requirement.name : bare.includes("://") ? "a line" : bare;
    throw lockInvalid(path, `${shown} comes from a directory or an address, not from an index`, DIRECT_HINT);
  }
  const { name, marker, specifier } = requirement;
  const version = /^===?([^,*]+)$/.exec(specifier)?.[1];
  if (version === undefined) throw lockInvalid(path, `${name} is not pinned to one version`, hint);
  if (hashes.length === 0) throw lockInvalid(path, `${name} has no sha256 hash`, hint);
  return { name, version, hashes: sortedUnique(hashes), ...(marker === undefined ? {} : { marker }) };
}

/** Logical lines: continuations joined, comments and empty lines left out. */
function listRequirementLines(text: string): string[] {
  return text
    .replaceAll(/\\\r?\n/g, " ")
    .split(/\r?\n/)
    .map((line) => line.replace(/(^|\s)#.*$/, "").trim())
    .filter((line) => line !== "");
}
