import { readFile } from "node:fs/promises";
import { type Artifact, type Place, readPlace } from "./artifact.ts";
import { compareBytes } from "./byte-order.ts";
import { explain } from "./explain.ts";
import { Measure } from "./measure.ts";
import { openArtifact } from "./open-artifact.ts";
import { type SealedMember, sealFile } from "./seal-file.ts";
import { checkAbsent } from "./unpack-artifact.ts";
import { type VerifyOptions, verifyArtifact } from "./verify-artifact.ts";
import { MANIFEST_NAME } from "./zip.ts";

/**
 * Writes the sealed form of an open artifact, verified first: the bytes are those that it had before it was unpacked.
 * @throws AppError `file_exists`, `file_unwritable`, and what openArtifact() and verifyArtifact() throw.
 */
export async function packArtifact(
  directory: string,
  path: string,
  options: VerifyOptions = {},
): Promise<Artifact> {
  await checkAbsent(path, "pack");
  const artifact = await openArtifact(directory);
  await verifyArtifact(artifact, options);
  try {
    const names = [...artifact.members].sort(([a], [b]) => rank(a) - rank(b) || compareBytes(a, b));
    const members: SealedMember[] = [];
    for (const [name, place] of names) members.push(await toSealed(name, place));
    await sealFile(path, await readFile(artifact.prefix.file), members);
  } catch (error) {
    throw explain(error, `cannot write ${path}`, { system: "file_unwritable" });
  }
  return openArtifact(path);
}

function rank(name: string): number {
  return name === MANIFEST_NAME ? 0 : 1;
}

async function toSealed(name: string, place: Place): Promise<SealedMember> {
  const measure = new Measure();
  for await (const _ of measure.pass(readPlace(place), { limit: place.size }));
  const { crc32, size } = measure.result();
  return { name, source: { file: place.file, size }, crc32 };
}
