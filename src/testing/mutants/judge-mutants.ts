import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join, relative } from "node:path";
import { openArtifact } from "../../artifact/open-artifact.ts";
import { verifyArtifact } from "../../artifact/verify-artifact.ts";
import { AppError } from "../../errors/app-error.ts";
import type { Parts } from "../forge-artifact.ts";
import { type StartBySh, startBySh } from "../small-inside.ts";
import { verifyEach } from "../verify-each.ts";
import { makeGoodArtifacts } from "./good-artifacts.ts";
import { type Mutant, makeMutant } from "./mutate-artifact.ts";

/** What the readers say of a file: why not, or undefined when it is whole. */
export interface Readers {
  readonly typescript: (path: string) => Promise<string | undefined>;
  readonly python: (paths: readonly string[]) => Promise<readonly (string | undefined)[]>;
  /** Where a Python is inside; undefined leaves it out. */
  readonly sh: ((path: string) => Promise<StartBySh>) | undefined;
}

export interface Judgement {
  readonly judged: number;
  /** Of each kind of change: how many were refused, how many were valid, how many did not change a byte. */
  readonly kinds: Readonly<Record<string, { refused: number; valid: number; same: number; bySh: number }>>;
  /** What must not be, with the index of its mutant. */
  readonly failures: readonly { readonly index: number; readonly kind: string; readonly reason: string }[];
}

export const READERS: Readers = {
  typescript: async (path) => {
    try {
      await verifyArtifact(await openArtifact(path));
      return undefined;
    } catch (error) {
      return error instanceof AppError ? error.message : `defect ${error}`;
    }
  },
  python: async (paths) =>
    (await verifyEach(paths)).map((answer) => (answer === "whole" ? undefined : answer)),
  sh: (path) => startBySh(path, { PATH }),
};

/** Together, as the reader in Python is one process for all of them. */
const BATCH = 200;
const PATH = "/usr/bin:/bin";

/** Makes mutants and has each judged by all readers, in a directory of their own that is gone afterwards. */
export async function judgeMutants(
  seed: number,
  indexes: readonly number[],
  readers: Readers = READERS,
): Promise<Judgement> {
  const directory = await mkdtemp(join(tmpdir(), "holdall-mutants-"));
  try {
    const goods = await makeGoodArtifacts(join(directory, "good"));
    const judgement = { judged: indexes.length, kinds: {}, failures: [] };
    for (let start = 0; start < indexes.length; start += BATCH) {
      const mutants = indexes.slice(start, start + BATCH).map((index) => makeMutant(goods, seed, index));
      const boxes = join(directory, "boxes");
      await judgeBatch(mutants, boxes, readers, judgement);
      await rm(boxes, { recursive: true });
      const found = (await readdir(directory)).join();
      if (found !== "good") throw new Error(`a mutant of the last ${BATCH} left ${found}`);
    }
    return judgement;
  } finally {
    await rm(directory, { recursive: true });
  }
}

type Growing = {
  kinds: Record<string, Judgement["kinds"][string]>;
  failures: Judgement["failures"][number][];
};

async function judgeBatch(
  mutants: readonly Mutant[],
  boxes: string,
  readers: Readers,
  { kinds, failures }: Growing,
): Promise<void> {
  const paths = mutants.map(({ index }) => join(boxes, `${index}`, "mutant.holdall"));
  for (const [at, { artifact }] of mutants.entries()) await write(artifact, paths[at] ?? "");
  const byPython = await readers.python(paths);
  for (const [at, mutant] of mutants.entries()) {
    const path = paths[at] ?? "";
    const typescript = await readers.typescript(path);
    const bySh = isStartable(mutant) ? await readers.sh?.(path) : undefined;
    const isUnchanged = await isSame(mutant, path);
    const left = (await readdir(dirname(path))).join();
    const reasons = [
      ...compare(mutant, isUnchanged, typescript, byPython[at]),
      ...(bySh === undefined || bySh.strayed.length === 0 ? [] : [`sh left ${bySh.strayed}`]),
      ...(left === "mutant.holdall" ? [] : [`it left ${left}`]),
    ];
    if (
      typescript === undefined &&
      bySh &&
      !bySh.isHandedOver &&
      !/the Python inside does not run/.test(bySh.stderr)
    ) {
      reasons.push(`sh refuses what is valid: ${bySh.stderr}`);
    }
    failures.push(...reasons.map((reason) => ({ index: mutant.index, kind: mutant.kind, reason })));
    const name = `${mutant.kind}${mutant.isResealed ? ", digests repaired" : ""}`;
    const kind = kinds[name] ?? { refused: 0, valid: 0, same: 0, bySh: 0 };
    kinds[name] = kind;
    if (bySh !== undefined) kind.bySh += 1;
    if (typescript !== undefined) kind.refused += 1;
    else if (isUnchanged) kind.same += 1;
    else kind.valid += 1;
  }
}

function compare(
  { isResealed }: Mutant,
  isUnchanged: boolean,
  typescript: string | undefined,
  python: string | undefined,
): readonly string[] {
  const reasons: string[] = [];
  for (const answer of [typescript, python]) if (answer?.startsWith("defect")) reasons.push(answer);
  if ((typescript === undefined) !== (python === undefined)) {
    reasons.push(`TypeScript says ${typescript ?? "whole"}; Python says ${python ?? "whole"}`);
  }
  if (typescript === undefined && !isResealed && !isUnchanged) reasons.push("all accept it");
  return reasons;
}

/** A directory has members in no order, and not those of two lengths or places that its names cannot have. */
async function isSame({ artifact, good }: Mutant, path: string): Promise<boolean> {
  if (Buffer.isBuffer(artifact)) return artifact.equals(good.file);
  const wanted = new Map([["prefix", good.parts.prefix], ...good.parts.members]);
  const found = await readdir(path, { recursive: true, withFileTypes: true });
  const files = found.filter((one) => one.isFile()).map((one) => join(one.parentPath, one.name));
  if (files.length !== wanted.size) return false;
  for (const file of files) {
    const bytes = wanted.get(relative(path, file));
    if (bytes === undefined || !bytes.equals(await readFile(file))) return false;
  }
  return true;
}

/** A prefix that was changed is a program of somebody else's: starting it tells nothing of ours. */
function isStartable({ artifact, good }: Mutant): boolean {
  if (!good.hasInside) return false;
  if (!Buffer.isBuffer(artifact) && artifact.members.some(([name]) => name === "prefix")) return false;
  const plain = (bytes: Buffer) => {
    const text = bytes.toString("latin1").replace(/^(holdall_id=')[0-9a-f]{64}/m, "$1");
    return text.replace(/^(holdall_inside=')[a-z0-9._: ]+'$/m, "$1");
  };
  const prefix = plain(good.parts.prefix);
  return plain(Buffer.isBuffer(artifact) ? artifact : artifact.prefix).startsWith(prefix);
}

async function write(artifact: Buffer | Parts, path: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  if (Buffer.isBuffer(artifact)) return writeFile(path, artifact);
  await mkdir(path);
  const root = join(path, "/");
  for (const [name, bytes] of [["prefix", artifact.prefix] as const, ...artifact.members]) {
    const file = join(path, name);
    if (!file.startsWith(root) || name.includes("\0")) continue; // what a directory cannot have
    try {
      await mkdir(dirname(file), { recursive: true });
      await writeFile(file, bytes);
    } catch (error) {
      // A name below that of a file, or one that is too long.
      if (
        !(
          error instanceof Error &&
          "code" in error &&
          /^E(EXIST|NOTDIR|ISDIR|NAMETOOLONG)$/.test(String(error.code))
        )
      )
        throw error;
    }
  }
}
