import { createWriteStream } from "node:fs";
import { lstat, mkdir, rename, stat } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { pipeline } from "node:stream/promises";
import { AppError } from "../errors/app-error.ts";
import { undefinedIfMissing } from "../system/file-errors.ts";
import { withWorkDirectory } from "../system/work-directory.ts";
import { syncDirectory } from "../system/write-file.ts";
import { type Artifact, readPlace } from "./artifact.ts";
import { explain } from "./explain.ts";
import { openArtifact } from "./open-artifact.ts";
import { type VerifyOptions, verifyArtifact } from "./verify-artifact.ts";
import { PREFIX_NAME } from "./zip.ts";

/**
 * Writes the open form of an artifact to a new directory. It appears there only whole and verified: what is verified is
 * the copy, so nobody can change the artifact in between. After a failure nothing is left.
 * @throws AppError `file_exists`, `file_unwritable`, and what openArtifact() and verifyArtifact() throw.
 */
export async function unpackArtifact(
  artifact: Artifact,
  directory: string,
  options: VerifyOptions = {},
): Promise<Artifact> {
  await checkAbsent(directory, "unpack");
  try {
    const parent = dirname(resolve(directory));
    await stat(`${parent}/.`); // not made when it is not there: after a failure it would be left
    await withWorkDirectory(parent, async (work) => {
      const staged = join(work, "artifact"); // the work directory itself is private, this one is as umask says
      await copyArtifact(artifact, staged, options.signal);
      const copied = await openArtifact(staged);
      // With the name that the user knows, and the checksums that only the sealed form has.
      const members = new Map(
        [...artifact.members].map(([name, place]) => [name, { ...place, ...copied.members.get(name) }]),
      );
      await verifyArtifact({ ...copied, path: artifact.path, members }, options);
      await rename(staged, directory);
      await syncDirectory(parent);
    });
  } catch (error) {
    throw explain(error, `cannot write ${directory}`, { system: "file_unwritable" });
  }
  return openArtifact(directory);
}

async function copyArtifact(
  { prefix, members }: Artifact,
  directory: string,
  signal: AbortSignal | undefined,
): Promise<void> {
  await mkdir(directory);
  await copy(readPlace(prefix, signal), join(directory, PREFIX_NAME), 0o777);
  for (const [name, place] of members) await copy(readPlace(place, signal), join(directory, name), 0o666);
}

/** @throws AppError `file_exists`. */
export async function checkAbsent(path: string, verb: "pack" | "unpack"): Promise<void> {
  const found = await lstat(path).catch(undefinedIfMissing);
  if (found === undefined) return;
  throw new AppError({
    code: "file_exists",
    message: `cannot ${verb} to ${path}: it is there already`,
    hint: "Name another place, or remove what is there.",
  });
}

async function copy(bytes: AsyncIterable<Uint8Array>, path: string, mode: number): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  await pipeline(bytes, createWriteStream(path, { flags: "wx", mode }));
}
