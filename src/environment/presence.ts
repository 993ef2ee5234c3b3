import { readdir, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import * as v from "valibot";
import { errnoOf, undefinedIfMissing } from "../system/file-errors.ts";
import { findBirth } from "../system/process-stat.ts";
import { writeFileAtomic } from "../system/write-file.ts";
import { type Directories, planDirectories } from "./directories/directories.ts";
import type { Address } from "./resolve-argv.ts";

/** One `holdall dev`, and what of it runs in an environment. */
export interface Presence {
  readonly pid: number;
  /** Has what runs once: the schedule and the mail. */
  readonly isFirst: boolean;
  /** `web`, `worker.2`. */
  readonly parts: readonly string[];
  /** Where its processes listen, by name. */
  readonly addresses: Readonly<Record<string, Address>>;
  /** Where it takes mail. */
  readonly mail?: Address | undefined;
}

const FORMAT = 1;
const FULL = ["ENOSPC", "EDQUOT"];
const NAME = /^dev-(\d+)\.json$/;

const AddressSchema = v.object({ host: v.string(), port: v.number() });
const PresenceSchema = v.object({
  format: v.literal(FORMAT),
  pid: v.number(),
  birth: v.string(),
  isFirst: v.boolean(),
  parts: v.array(v.string()),
  addresses: v.record(v.string(), AddressSchema),
  mail: v.optional(AddressSchema),
});

/** Tells others what of this program runs in an environment; again when that is something else now. */
export async function writePresence(
  directories: Directories,
  presence: Omit<Presence, "pid">,
): Promise<void> {
  const { pid } = process;
  const content = { format: FORMAT, pid, birth: await findBirth(pid), ...presence };
  const place = placeOf(directories, pid);
  try {
    // The kernel forgets who runs, too, when the power goes.
    await writeFileAtomic(place, `${JSON.stringify(content)}\n`, { mode: 0o600, isSynced: false });
  } catch (error) {
    // A full disk ends no application: whoever comes later is told the usual addresses.
    if (!FULL.includes(errnoOf(error) ?? "")) throw error;
  }
}

export async function removePresence(directories: Directories): Promise<void> {
  await rm(placeOf(directories, process.pid), { force: true });
}

/**
 * All that run now in an environment, this program too, the one that was first first. What a killed one has left is not listed.
 * @param base - absolute.
 */
export async function listPresences(base: string): Promise<readonly Presence[]> {
  const directories = planDirectories(base, "release"); // that is the same for all kinds
  const found = await Promise.all((await listPids(directories)).map((pid) => readPresence(directories, pid)));
  return found
    .filter((each) => each !== undefined)
    .toSorted((a, b) => Number(b.isFirst) - Number(a.isFirst) || a.pid - b.pid);
}

/** Removes what killed ones have left. */
export async function prunePresences(directories: Directories): Promise<void> {
  for (const pid of await listPids(directories)) {
    if ((await readPresence(directories, pid)) === undefined)
      await rm(placeOf(directories, pid), { force: true });
  }
}

async function listPids({ run }: Directories): Promise<readonly number[]> {
  const names = (await readdir(run).catch(undefinedIfMissing)) ?? [];
  return names.flatMap((name) => NAME.exec(name)?.[1] ?? []).map(Number);
}

/** Undefined when it does not run: a process id comes back, but not with the same time of birth. */
async function readPresence(directories: Directories, pid: number): Promise<Presence | undefined> {
  const text = await readFile(placeOf(directories, pid), "utf8").catch(undefinedIfMissing);
  const parsed = v.safeParse(PresenceSchema, parseJson(text ?? ""));
  if (!parsed.success || parsed.output.pid !== pid) return undefined;
  const { format: _, birth, ...presence } = parsed.output;
  return birth === (await findBirth(pid)) ? presence : undefined;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined; // nobody writes such a file, so it says nothing
  }
}

function placeOf({ run }: Directories, pid: number): string {
  return join(run, `dev-${pid}.json`);
}
