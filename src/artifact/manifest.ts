import type { Plan } from "./plan.ts";

/** `sha256:` and 64 hexadecimal digits: the identity of a layer, of its uncompressed tar. */
export type Identity = `sha256:${string}`;

/** 64 lower-case hexadecimal digits of a SHA-256. */
export type Digest = string;

export interface Content {
  readonly sha256: Digest;
  readonly size: number;
}

export type LayerKind = "application" | "distribution" | "bytecode" | "interpreter";

/** docs/artifact.md, section 4. */
export interface Layer {
  readonly kind: LayerKind;
  readonly name: string;
  readonly version: string;
  /** Bytes of the uncompressed tar. */
  readonly size: number;
  /** Entries of the tar. */
  readonly files: number;
  readonly transport: Content & { readonly encoding: "gzip" };
  /** Of a bytecode layer: what it was compiled from. */
  readonly of?: Identity;
}

/** docs/artifact.md, section 5. */
export interface Target {
  readonly python: {
    readonly implementation: "cpython";
    /** Major and minor: `3.11`. */
    readonly version: string;
    /** `cp311`, `cp313t`. */
    readonly abi: string;
  };
  /** As `uname -m` has it; `any` when no layer holds machine code. */
  readonly processor: string;
  readonly libc?: { readonly kind: "glibc" | "musl"; readonly floor: string };
  /** In the order in which they are placed; the later one wins. */
  readonly layers: readonly Identity[];
  readonly plan: Plan;
}

/** docs/artifact.md, section 2: what an artifact contains, with digests. */
export interface Manifest {
  readonly format: 1;
  /** Version of holdall that wrote it. */
  readonly holdall: string;
  readonly name: string;
  readonly version: string;
  /** As it was checked at build time; for people and later tools, the plan is what runs. */
  readonly description: Readonly<Record<string, unknown>>;
  readonly prefix: Content;
  readonly members: Readonly<Record<string, Content>>;
  readonly layers: Readonly<Record<Identity, Layer>>;
  readonly targets: readonly Target[];
}

export function toIdentity(digest: Digest): Identity {
  return `sha256:${digest}`;
}

/** The layers of an artifact with their identities, in the order of the manifest. */
export function listLayers({ layers }: Manifest): readonly IdentifiedLayer[] {
  return Object.entries(layers).map(([key, layer]) => ({ ...layer, identity: toIdentity(key.slice(7)) }));
}

export interface IdentifiedLayer extends Layer {
  readonly identity: Identity;
}

/** Name of the member that holds a layer's bytes. */
export function layerMember(identity: Identity): string {
  return `layers/${identity.slice("sha256:".length)}.tar.gz`;
}

/** Whether a member holds the bytes of a layer; all others are small. */
export function isLayerMember(name: string): boolean {
  return name.startsWith("layers/");
}
