import { crc32 } from "node:zlib";
import { compareBytes } from "./byte-order.ts";
import { explain } from "./explain.ts";
import type { WrittenLayer } from "./layer.ts";
import {
  type Content,
  type Digest,
  type Identity,
  type Layer,
  layerMember,
  type Manifest,
} from "./manifest.ts";
import { contentOf, sha256 } from "./measure.ts";
import { parseManifest, renderManifest } from "./parse-manifest.ts";
import { NO_IDENTITY, parsePrefixIdentity, withIdentity } from "./prefix-identity.ts";
import { type SealedMember, sealFile } from "./seal-file.ts";
import { fromBytes } from "./source.ts";
import { MANIFEST_NAME } from "./zip.ts";

/** All that an artifact is made of; whatever else the manifest has follows from it. */
export interface ArtifactContent
  extends Pick<Manifest, "holdall" | "name" | "version" | "description" | "targets"> {
  readonly layers: readonly ArtifactLayer[];
  /** The members beside layers and manifest, by name: what `python3 FILE` runs. */
  readonly support: Readonly<Record<string, Uint8Array>>;
  readonly renderPrefix: PrefixRenderer;
}

export type ArtifactLayer = WrittenLayer & Pick<Layer, "name" | "version" | "of">;

/** Pure, and of the same length for every identity. */
export type PrefixRenderer = (
  facts: Pick<Manifest, "name" | "version" | "targets">,
  identity: Digest,
) => string;

export interface WrittenArtifact {
  readonly path: string;
  readonly identity: Digest;
  /** Bytes of the file. */
  readonly size: number;
  readonly manifest: Manifest;
}

/**
 * Writes an artifact to `path`, in one step; a file that is there is replaced. The same content gives the same bytes.
 * What is written is first checked as a reader would.
 * @throws AppError `artifact_invalid` when the content breaks a rule or a layer's file is not as long as it was,
 * `file_unwritable`.
 */
export async function writeArtifact(content: ArtifactContent, path: string): Promise<WrittenArtifact> {
  try {
    const prefix = Buffer.from(content.renderPrefix(content, NO_IDENTITY));
    parsePrefixIdentity(prefix);
    const manifest = makeManifest(content, contentOf(prefix));
    const manifestBytes = renderManifest(manifest);
    parseManifest(manifestBytes);
    const identity = sha256(manifestBytes);
    const members = [...listSupport(content), ...listLayerMembers(content)];
    members.sort((a, b) => compareBytes(a.name, b.name));
    members.unshift(inMemory(MANIFEST_NAME, manifestBytes));
    const size = await sealFile(path, withIdentity(prefix, identity), members);
    return { path, identity, size, manifest };
  } catch (error) {
    throw explain(error, `cannot write ${path}`, { system: "file_unwritable" });
  }
}

function makeManifest(content: ArtifactContent, prefix: Content): Manifest {
  const { holdall, name, version, description, targets, support } = content;
  const layers: Record<Identity, Layer> = {};
  const members: Record<string, Content> = {};
  for (const [name, bytes] of Object.entries(support)) members[name] = contentOf(bytes);
  for (const layer of content.layers) {
    const { identity, kind, name, version, size, files, transport, of } = layer;
    layers[identity] = { kind, name, version, size, files, transport, ...(of === undefined ? {} : { of }) };
    members[layerMember(identity)] = { sha256: transport.sha256, size: transport.size };
  }
  return { format: 1, holdall, name, version, description, prefix, members, layers, targets };
}

function listSupport({ support }: ArtifactContent): SealedMember[] {
  return Object.entries(support).map(([name, bytes]) => inMemory(name, bytes));
}

function listLayerMembers({ layers }: ArtifactContent): SealedMember[] {
  const once = new Map(layers.map((layer) => [layer.identity, layer]));
  return [...once.values()].map(({ identity, transport, path, crc32 }) => ({
    name: layerMember(identity),
    source: { file: path, size: transport.size },
    crc32,
  }));
}

function inMemory(name: string, bytes: Uint8Array): SealedMember {
  return { name, source: fromBytes(bytes), crc32: crc32(bytes) };
}
