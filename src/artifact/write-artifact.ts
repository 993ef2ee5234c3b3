import { crc32 } from "node:zlib";
import type { WriteOptions } from "../system/write-file.ts";
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
import type { InterpreterPlace } from "./prefix.ts";
import { NO_IDENTITY, parsePrefixIdentity, withIdentity } from "./prefix-identity.ts";
import { type SealedMember, sealFile } from "./seal-file.ts";
import { fromBytes } from "./source.ts";
import { MANIFEST_NAME, placeMembers } from "./zip.ts";

/** All that an artifact is made of; whatever else the manifest has follows from it. */
export interface ArtifactContent
  extends Pick<Manifest, "holdall" | "name" | "version" | "description" | "targets"> {
  readonly layers: readonly ArtifactLayer[];
  /** The members beside layers and manifest, by name: what `python3 FILE` runs. */
  readonly support: Readonly<Record<string, Uint8Array>>;
  readonly renderPrefix: PrefixRenderer;
}

export type ArtifactLayer = WrittenLayer & Pick<Layer, "name" | "version" | "of">;

/** Pure, and of the same length for every identity and place. */
export type PrefixRenderer = (
  facts: Pick<Manifest, "name" | "version" | "targets">,
  identity: Digest,
  interpreters: ReadonlyMap<Identity, InterpreterPlace>,
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
 * @param verdict - awaited before the file gets its name; what it rejects with is thrown on, and no file is left.
 * @throws AppError `artifact_invalid` when the content breaks a rule or a layer's file is not as long as it was,
 * `file_unwritable`.
 */
export async function writeArtifact(
  content: ArtifactContent,
  path: string,
  { verdict }: Pick<WriteOptions, "verdict"> = {},
): Promise<WrittenArtifact> {
  try {
    const prefix = renderPlacedPrefix(content);
    parsePrefixIdentity(prefix);
    const manifest = makeManifest(content, contentOf(prefix));
    const manifestBytes = renderManifest(manifest);
    parseManifest(manifestBytes);
    const identity = sha256(manifestBytes);
    const members = [inMemory(MANIFEST_NAME, manifestBytes), ...listMembers(content)];
    const size = await sealFile(path, withIdentity(prefix, identity), members, { verdict });
    return { path, identity, size, manifest };
  } catch (error) {
    throw explain(error, `cannot write ${path}`, { system: "file_unwritable" });
  }
}

/**
 * The prefix says where the interpreters in its file are, and its manifest says how long it is and what its digest is. So
 * it is first rendered for other places, which changes neither its length nor that of the manifest.
 */
function renderPlacedPrefix(content: ArtifactContent): Buffer {
  const interpreters = content.layers.filter(({ kind }) => kind === "interpreter");
  const render = (firstByteOf: (identity: Identity) => number) => {
    const places = interpreters.map(({ identity, size: tarSize, transport: { sha256, size } }) => {
      return [identity, { sha256, size, tarSize, firstByte: firstByteOf(identity) }] as const;
    });
    return Buffer.from(content.renderPrefix(content, NO_IDENTITY, new Map(places)));
  };
  const draft = render(() => 1);
  if (interpreters.length === 0) return draft;
  const manifest = renderManifest(makeManifest(content, contentOf(draft)));
  const sizes = [inMemory(MANIFEST_NAME, manifest), ...listMembers(content)].map(
    ({ name, source, crc32 }) => {
      return { name, crc32, size: source.size };
    },
  );
  const offsets = new Map(placeMembers(sizes, draft.length).map(({ name, offset }) => [name, offset]));
  return render((identity) => (offsets.get(layerMember(identity)) ?? 0) + 1);
}

/** All but the manifest, in their order. */
function listMembers(content: ArtifactContent): readonly SealedMember[] {
  const members = [...listSupport(content), ...listLayerMembers(content)];
  return members.sort((a, b) => compareBytes(a.name, b.name));
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
