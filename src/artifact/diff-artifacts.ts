import { type Artifact, placeOf } from "./artifact.ts";
import { compareBytes } from "./byte-order.ts";
import { renderCanonicalJson } from "./canonical-json.ts";
import { type IdentifiedLayer, isLayerMember, listLayers, type Manifest, type Target } from "./manifest.ts";
import { MANIFEST_NAME } from "./zip.ts";

/** What is other in the second artifact; all lists are sorted. */
export interface ArtifactDifference {
  /** The manifests, and so all bytes, are the same. */
  readonly isSame: boolean;
  readonly layers: {
    readonly added: readonly IdentifiedLayer[];
    readonly removed: readonly IdentifiedLayer[];
    readonly same: readonly IdentifiedLayer[];
  };
  readonly distributions: readonly ChangedDistribution[];
  /** Compressed bytes that somebody who has the first lacks of the second, its small members included. */
  readonly bytesToMove: number;
  /** Names of commands and processes of any target. */
  readonly commands: ChangedNames;
  readonly processes: ChangedNames;
  /** By what targets are for: `cp311 x86_64 glibc 2.17`. */
  readonly targets: ChangedNames;
  /** Top-level keys of the description. */
  readonly description: ChangedNames;
}

/** `from` or `to` is undefined when only one of the two has the distribution. */
export interface ChangedDistribution {
  readonly name: string;
  readonly from: string | undefined;
  readonly to: string | undefined;
}

export interface ChangedNames {
  readonly added: readonly string[];
  readonly removed: readonly string[];
  /** In both, with another content. */
  readonly changed: readonly string[];
}

/** Compares by manifests; reads no file. */
export function diffArtifacts(from: Artifact, to: Artifact): ArtifactDifference {
  const [before, after] = [from.manifest, to.manifest];
  const layers = diffLayers(before, after);
  return {
    isSame: from.identity === to.identity,
    layers,
    distributions: diffDistributions(before, after),
    bytesToMove: countBytesToMove(from, to, layers.added),
    commands: diffNames(planParts(before, "commands"), planParts(after, "commands")),
    processes: diffNames(planParts(before, "processes"), planParts(after, "processes")),
    targets: diffNames(targetsByName(before), targetsByName(after)),
    description: diffNames(before.description, after.description),
  };
}

/** What a target is for, in one line. */
function renderTargetName({ python, processor, libc }: Target): string {
  return [python.abi, processor, ...(libc === undefined ? [] : [libc.kind, libc.floor])].join(" ");
}

function diffLayers(before: Manifest, after: Manifest): ArtifactDifference["layers"] {
  const order = (a: IdentifiedLayer, b: IdentifiedLayer) =>
    compareBytes(a.kind, b.kind) || compareBytes(a.name, b.name) || compareBytes(a.identity, b.identity);
  const old = listLayers(before).toSorted(order);
  const current = listLayers(after).toSorted(order);
  return {
    added: current.filter(({ identity }) => !Object.hasOwn(before.layers, identity)),
    removed: old.filter(({ identity }) => !Object.hasOwn(after.layers, identity)),
    same: current.filter(({ identity }) => Object.hasOwn(before.layers, identity)),
  };
}

function diffDistributions(before: Manifest, after: Manifest): readonly ChangedDistribution[] {
  const [old, current] = [versionsByName(before), versionsByName(after)];
  return [...new Set([...old.keys(), ...current.keys()])]
    .sort(compareBytes)
    .map((name) => ({ name, from: old.get(name), to: current.get(name) }))
    .filter((distribution) => distribution.from !== distribution.to);
}

/** Targets may have a distribution in different versions: all of them, then. */
function versionsByName(manifest: Manifest): ReadonlyMap<string, string> {
  const versions = Map.groupBy(
    listLayers(manifest).filter(({ kind }) => kind === "distribution"),
    ({ name }) => name,
  );
  const texts = [...versions].map(([name, layers]) => {
    const all = new Set(layers.map(({ version }) => version));
    return [name, [...all].sort(compareBytes).join(", ")] as const;
  });
  return new Map(texts);
}

function countBytesToMove(from: Artifact, to: Artifact, added: readonly IdentifiedLayer[]): number {
  if (from.identity === to.identity) return 0;
  const small = Object.entries(to.manifest.members).filter(
    ([name, { sha256 }]) => !isLayerMember(name) && from.manifest.members[name]?.sha256 !== sha256,
  );
  const sizes = [
    placeOf(to, MANIFEST_NAME).size,
    to.prefix.size,
    ...added.map(({ transport }) => transport.size),
    ...small.map(([, { size }]) => size),
  ];
  return sizes.reduce((sum, size) => sum + size, 0);
}

/** By name, what the targets have of it. */
function planParts(manifest: Manifest, key: "commands" | "processes"): Readonly<Record<string, unknown>> {
  const parts = manifest.targets.flatMap(({ plan }) => Object.entries(plan[key]));
  const byName = Map.groupBy(parts, ([name]) => name);
  return Object.fromEntries(
    [...byName].map(([name, all]) => [
      name,
      [...new Set(all.map(([, part]) => renderCanonicalJson(part)))].sort(),
    ]),
  );
}

function targetsByName({ targets }: Manifest): Readonly<Record<string, unknown>> {
  return Object.fromEntries(targets.map((target) => [renderTargetName(target), target]));
}

function diffNames(
  before: Readonly<Record<string, unknown>>,
  after: Readonly<Record<string, unknown>>,
): ChangedNames {
  const isChanged = (name: string) => renderCanonicalJson(before[name]) !== renderCanonicalJson(after[name]);
  return {
    added: Object.keys(after)
      .filter((name) => !Object.hasOwn(before, name))
      .sort(compareBytes),
    removed: Object.keys(before)
      .filter((name) => !Object.hasOwn(after, name))
      .sort(compareBytes),
    changed: Object.keys(after)
      .filter((name) => Object.hasOwn(before, name) && isChanged(name))
      .sort(compareBytes),
  };
}
