import { existsSync, readFileSync, statSync } from "node:fs";
import { mkdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import * as v from "valibot";
import { type Identity, toIdentity } from "../artifact/manifest.ts";
import { sha256 } from "../artifact/measure.ts";
import type { ArtifactLayer } from "../artifact/write-artifact.ts";
import { errnoOf } from "../system/file-errors.ts";
import { writeFileAtomic } from "../system/write-file.ts";
import type { BuildRun } from "./build-run.ts";

const ContentFields = { sha256: v.string(), size: v.number() };
const LayerSchema = v.object({
  kind: v.picklist(["application", "distribution", "bytecode", "interpreter"]),
  name: v.string(),
  version: v.string(),
  size: v.number(),
  files: v.number(),
  transport: v.object({ encoding: v.literal("gzip"), ...ContentFields }),
  digest: v.string(),
  of: v.optional(v.string()),
  crc32: v.number(),
});
const RecordSchema = v.object({
  /** Absent: it was tried, and there is nothing to put into a layer. */
  layer: v.optional(LayerSchema),
  scripts: v.optional(v.record(v.string(), v.string()), {}),
  /** Whether it holds machine code, and the oldest libc of its target that has what that needs; of distributions. */
  isNative: v.optional(v.boolean(), false),
  floor: v.optional(v.string()),
});

/** What is remembered of a layer that was made from known input. */
export interface CachedLayer {
  readonly layer: ArtifactLayer | undefined;
  readonly scripts: Readonly<Record<string, string>>;
  readonly isNative: boolean;
  readonly floor: string | undefined;
}

export type CacheSection = "distributions" | "projects" | "applications" | "bytecode" | "insides";

/** Where the bytes of all layers are. */
export function layerDirectory(run: BuildRun): string {
  return join(run.cache, "layers");
}

/** The file beside a distribution's layer that says what it has at which path: for collisions, without unpacking. */
export function filesOf(run: BuildRun, identity: Identity): string {
  return join(layerDirectory(run), `${identity.slice("sha256:".length)}.files.json`);
}

/** Paths of a distribution's layer, with the digest of what is there. */
export async function readLayerFiles(
  run: BuildRun,
  identity: Identity,
): Promise<Readonly<Record<string, string>>> {
  // Written by pack-distribution.ts.
  return JSON.parse(await readFile(filesOf(run, identity), "utf8")) as Record<string, string>;
}

/** One text for one input; part of file names. */
export function cacheKey(input: unknown): string {
  return sha256(Buffer.from(JSON.stringify(input)));
}

/**
 * Synchronous: a build asks this for each of its layers, and a thread would take longer to be asked than to answer.
 * @returns undefined when there is none, or when its layer is not there in full: then it is made again.
 */
export function findCachedLayer(run: BuildRun, section: CacheSection, key: string): CachedLayer | undefined {
  const text = readText(join(run.cache, section, `${key}.json`));
  const record = text === undefined ? undefined : parseRecord(text);
  if (record === undefined) return undefined;
  const { layer, scripts, isNative, floor } = record;
  if (layer === undefined) return { layer, scripts, isNative, floor };
  const { digest, of, ...facts } = layer;
  const path = join(layerDirectory(run), `${digest}.tar.gz`);
  if (statSync(path, { throwIfNoEntry: false })?.size !== layer.transport.size) return undefined;
  const files = filesOf(run, toIdentity(digest));
  if (layer.kind === "distribution" && !existsSync(files)) return undefined;
  const base = of === undefined ? {} : { of: toIdentity(of) };
  return { layer: { ...facts, ...base, identity: toIdentity(digest), path }, scripts, isNative, floor };
}

export async function rememberLayer(
  run: BuildRun,
  section: CacheSection,
  key: string,
  { layer, scripts, isNative, floor }: CachedLayer,
): Promise<void> {
  const directory = join(run.cache, section);
  await mkdir(directory, { recursive: true });
  await writeFileAtomic(
    join(directory, `${key}.json`),
    JSON.stringify({ layer: layer && toRecord(layer), scripts, isNative, floor }),
    { isSynced: false }, // one that a power cut takes is made again
  );
}

function toRecord({ identity, of, path: _, ...facts }: ArtifactLayer) {
  const digest = identity.slice("sha256:".length);
  return of === undefined ? { ...facts, digest } : { ...facts, digest, of: of.slice("sha256:".length) };
}

function readText(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    if (errnoOf(error) === "ENOENT") return undefined;
    throw error;
  }
}

function parseRecord(text: string): v.InferOutput<typeof RecordSchema> | undefined {
  try {
    return v.parse(RecordSchema, JSON.parse(text));
  } catch {
    return undefined; // cut short, or of another version of holdall
  }
}
