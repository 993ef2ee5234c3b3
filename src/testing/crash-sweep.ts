import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { existsSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { PACKAGE_ROOT } from "../system/package-root.ts";
import { type ProcessResult, runProcess } from "../system/run-process.ts";
import { type ArtifactToStart, PYTHON, start } from "./artifact-to-start.ts";
import { eventually } from "./eventually.ts";
import { removeReadOnly } from "./small-artifact.ts";

const DRIVER = join(PACKAGE_ROOT, "src/testing/python-support/crash.py");

/** A moment at which a start can be stopped: crash.py says how they are counted. */
export interface Point {
  /** `main:12`. */
  readonly id: string;
  /** What is about to happen: `os.rename /layers/…`. */
  readonly what: string;
}

export type CrashAction = "kill" | "group" | "ENOSPC" | "EDQUOT" | "EMFILE" | "pause" | "run";

/** The same artifact with a cache of its own, so that sweeps run side by side. */
export function withFreshCache(artifact: ArtifactToStart): ArtifactToStart {
  const cache = join(dirname(artifact.cache), `cache-${randomBytes(6).toString("hex")}`);
  return { ...artifact, cache, env: { ...artifact.env, HOLDALL_CACHE: cache } };
}

/** Words before ACTION, see crash.py. */
export const DRIVEN = [PYTHON.path, "-I", "-S", "-B", "-X", "holdall=found", DRIVER];

/** Runs the program inside with the driver: `words` as after the file's name. */
export function runDriven(
  artifact: ArtifactToStart,
  words: readonly string[],
  {
    action,
    point = "none",
    log = "/dev/null",
  }: { action: CrashAction | "list" | "looks"; point?: string; log?: string },
): Promise<ProcessResult> {
  return runProcess([...DRIVEN, action, point, log, artifact.path, ...words], {
    cwd: artifact.data,
    env: artifact.env,
  });
}

/** The points of a run that nobody disturbs. */
export async function listPoints(
  artifact: ArtifactToStart,
  words: readonly string[],
  action: "list" | "looks" = "list",
): Promise<Point[]> {
  const log = `${artifact.cache}.points`;
  const { status, stderr } = await runDriven(artifact, words, { action, log });
  assert.equal(status, 0, stderr);
  const lines = readFileSync(log, "utf8").trimEnd().split("\n");
  rmSync(log);
  return lines.map((line) => {
    const [id = "", ...what] = line.split(" ");
    return { id, what: what.join(" ") };
  });
}

/** What a cache is when a start has ended: names, and that nothing is left over. */
export function describeCache({ cache }: ArtifactToStart) {
  const names = (part: string) => readdirSync(join(cache, part)).toSorted();
  return {
    top: readdirSync(cache).toSorted(),
    layers: names("layers"),
    releases: names("releases").map((name) => name.slice(0, 64)),
    work: names("work"),
  };
}

/**
 * What must hold after a crash, wherever it was: the next start works, makes what a first start makes, and leaves
 * nothing, and every byte of the cache is as its digest says. Then the cache is removed.
 */
export async function assertRecovered(
  artifact: ArtifactToStart,
  expected: ReturnType<typeof describeCache>,
  title: string,
): Promise<void> {
  const env = { PYTHONDONTWRITEBYTECODE: "1" };
  const { status, stderr, stdout } = await start(artifact, ["cart"], { env });
  assert.deepEqual([status, stderr, stdout.split(" ")[0]], [0, "", "cart"], title);
  const verified = await start(artifact, ["--holdall", "cache", "verify"], { env });
  assert.deepEqual([verified.status, verified.stderr], [0, ""], `${title}\n${verified.stdout}`);
  await assertNobodyLeft(artifact, title);
  assert.deepEqual(describeCache(artifact), expected, title);
  removeReadOnly(artifact.cache);
}

/** No process that was started with this cache lives on. */
async function assertNobodyLeft({ cache }: ArtifactToStart, title: string): Promise<void> {
  await eventually(`${title}: all processes end`, () =>
    readdirSync("/proc").some((pid) => /^\d+$/.test(pid) && hasCache(pid, cache)) ? undefined : true,
  );
}

function hasCache(pid: string, cache: string): boolean {
  try {
    return (
      existsSync(`/proc/${pid}/exe`) && readFileSync(`/proc/${pid}/environ`, "utf8").includes(`${cache}\0`)
    );
  } catch {
    return false; // it has ended
  }
}

/** Calls `act` for each item, some at a time. */
export async function sweep<Item>(
  items: readonly Item[],
  act: (item: Item) => Promise<void>,
  { atOnce = 4 } = {},
): Promise<void> {
  const queue = [...items];
  const work = async () => {
    for (let item = queue.shift(); item !== undefined; item = queue.shift()) await act(item);
  };
  await Promise.all(Array.from({ length: atOnce }, work));
}

const CREATING = ["open", "os.mkdir", "os.link", "os.symlink"];

/** Whether what is about to happen needs room, or a descriptor. */
export function creates({ what }: Point): boolean {
  return CREATING.includes(what.split(" ")[0] ?? "");
}

/** Of points that do the same to the same kind of place, the first. `depth` says how far places are told apart. */
export function samplePoints(points: readonly Point[], depth: number): Point[] {
  const groups = Map.groupBy(points, ({ id, what }) => {
    const [event, path = ""] = what.split(" ");
    const parts = path.replaceAll(/[^/]*[0-9][^/]*/g, "*").split("/");
    // What is relative is below a directory that is held open: the inside of a layer, or of what is being removed.
    const place = path.startsWith("/") ? parts.slice(0, depth + 1).join("/") : "";
    return `${id.split(":")[0]} ${event} ${place}`;
  });
  return [...groups.values()].flatMap(([first]) => first ?? []);
}
