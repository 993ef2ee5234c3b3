import { stat } from "node:fs/promises";
import { crc32 } from "node:zlib";
import { type Artifact, type Place, readPlace } from "./artifact.ts";
import { BrokenRule, Damaged } from "./broken-rule.ts";
import { explain } from "./explain.ts";
import { MAX_MANIFEST_SIZE, MAX_PREFIX_SIZE } from "./limits.ts";
import { type Content, isLayerMember, type Manifest } from "./manifest.ts";
import { contentOf, Measure, sha256 } from "./measure.ts";
import { openDirectory } from "./open-directory.ts";
import { openSealed } from "./open-sealed.ts";
import { parseManifest } from "./parse-manifest.ts";
import { NO_IDENTITY, parsePrefixIdentity, withIdentity } from "./prefix-identity.ts";
import { MANIFEST_NAME } from "./zip.ts";

/** What the two forms of an artifact have in common once their outside is known to be right. */
export type OpenedParts = Pick<Artifact, "form" | "prefix" | "members">;

/**
 * Checks all of docs/artifact.md but the bytes of layers, which verifyArtifact() checks. Reads little of a large file.
 * @param path - a sealed artifact, or the directory of an open one; untrusted.
 * @throws AppError `artifact_unreadable`, `artifact_invalid`, `artifact_damaged`, `artifact_unsupported`.
 */
export async function openArtifact(path: string): Promise<Artifact> {
  try {
    const parts = await openParts(path);
    return { path, ...parts, ...(await checkParts(parts)) };
  } catch (error) {
    throw explain(error, `cannot read ${path}`);
  }
}

/**
 * The manifest alone, for who decides how the artifact is started: what starts it checks the rest.
 * @throws AppError as openArtifact().
 */
export async function readManifest(path: string): Promise<Manifest> {
  try {
    return parseManifest((await readManifestBytes(await openParts(path))).bytes);
  } catch (error) {
    throw explain(error, `cannot read ${path}`);
  }
}

async function openParts(path: string): Promise<OpenedParts> {
  const isDirectory = (await stat(path)).isDirectory();
  return isDirectory ? openDirectory(path) : openSealed(path);
}

async function readManifestBytes({ members }: Pick<OpenedParts, "members">) {
  const place = members.get(MANIFEST_NAME);
  if (place === undefined) throw new BrokenRule(`it has no ${MANIFEST_NAME}`);
  return { place, bytes: await readSmall(place, MANIFEST_NAME, MAX_MANIFEST_SIZE) };
}

async function checkParts({
  prefix,
  members,
}: OpenedParts): Promise<Pick<Artifact, "identity" | "manifest">> {
  const { place: manifestPlace, bytes: manifestBytes } = await readManifestBytes({ members });
  const prefixBytes = await readSmall(prefix, "prefix", MAX_PREFIX_SIZE);
  const identity = sha256(manifestBytes);
  if (manifestPlace.crc32 !== undefined && manifestPlace.crc32 !== crc32(manifestBytes)) {
    throw new Damaged(`${MANIFEST_NAME} has another CRC-32`);
  }
  if (parsePrefixIdentity(prefixBytes) !== identity) {
    throw new Damaged(`the prefix names another identity than that of ${MANIFEST_NAME}`);
  }
  const manifest = parseManifest(manifestBytes);
  const { sha256: found } = contentOf(withIdentity(prefixBytes, NO_IDENTITY));
  if (found !== manifest.prefix.sha256 || prefix.size !== manifest.prefix.size) {
    throw new Damaged("the prefix has another digest");
  }
  checkNames(members, manifest);
  for (const [name, wanted] of Object.entries(manifest.members)) {
    await checkMember(name, wanted, members.get(name));
  }
  return { identity, manifest };
}

function checkNames(members: Artifact["members"], manifest: Manifest): void {
  const unknown = [...members.keys()].find(
    (name) => name !== MANIFEST_NAME && !Object.hasOwn(manifest.members, name),
  );
  if (unknown !== undefined)
    throw new BrokenRule(`it has the member ${unknown}, which the manifest does not name`);
}

async function checkMember(name: string, wanted: Content, place: Place | undefined): Promise<void> {
  if (place === undefined) throw new BrokenRule(`it lacks the member ${name}, which the manifest names`);
  if (place.size !== wanted.size)
    throw new Damaged(`member ${name} has ${place.size} bytes, not ${wanted.size}`);
  if (isLayerMember(name)) return;
  const measure = new Measure();
  for await (const _ of measure.pass(readPlace(place), { limit: place.size }));
  const found = measure.result();
  if (found.sha256 !== wanted.sha256) throw new Damaged(`member ${name} has another digest`);
  if (place.crc32 !== undefined && found.crc32 !== place.crc32)
    throw new Damaged(`member ${name} has another CRC-32`);
}

async function readSmall(place: Place, name: string, limit: number): Promise<Buffer> {
  if (place.size > limit) throw new BrokenRule(`${name} is longer than ${limit} bytes`);
  const pieces: Buffer[] = [];
  for await (const piece of readPlace(place)) pieces.push(piece);
  const bytes = Buffer.concat(pieces);
  if (bytes.length !== place.size) throw new Damaged(`${name} is cut off`);
  return bytes;
}
