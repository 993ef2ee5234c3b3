import assert from "node:assert/strict";
import { chmodSync, copyFileSync, readdirSync, readFileSync, utimesSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { type TestContext, test } from "node:test";
import { PACKAGE_ROOT } from "../system/package-root.ts";
import { type ArtifactToStart, makeArtifactToStart, start } from "../testing/artifact-to-start.ts";
import {
  assertRecovered,
  DRIVEN,
  describeCache,
  listPoints,
  type Point,
  runDriven,
  samplePoints,
  sweep,
  withFreshCache,
} from "../testing/crash-sweep.ts";
import { makeArtifactInside } from "../testing/inside.ts";
import { makeRandom } from "../testing/random.ts";
import { fileEntry, removeReadOnly } from "../testing/small-artifact.ts";

// At each moment at which a start looks at its cache, or changes it, something else happens to that cache, whole. Then the
// start goes on. Fifty starts at once meet few of these moments by chance.

const isWhole = process.env["HOLDALL_CRASH_COUNT"] !== undefined;
const POINTS = join(PACKAGE_ROOT, "src/testing/sh-support/points.sh");
const QUIET = { PYTHONDONTWRITEBYTECODE: "1" };

const LOOK_AFTER = `python3 '${join(PACKAGE_ROOT, "support/build/look_after_cache.py")}'`;

/** Shell commands, with ARTIFACT. What they print is printed by the start that they meet. */
const EVENTS = {
  start: `${DRIVEN.join(" ")} none none none "$ARTIFACT" cart >/dev/null`,
  prune: `"$ARTIFACT" --holdall cache prune >/dev/null`,
  // Not by the artifact, which would make again what is repaired.
  repair: `${LOOK_AFTER} repair >/dev/null`,
  clear: `${LOOK_AFTER} clear >/dev/null`,
  // It complains where another process of the start makes something meanwhile.
  delete: `rm -rf "$HOLDALL_CACHE" 2>/dev/null`,
};
type EventName = keyof typeof EVENTS;

interface Situation {
  readonly title: string;
  /** Makes the cache what the start finds. */
  readonly prepare: (artifact: ArtifactToStart) => Promise<void>;
  readonly events: readonly EventName[];
  readonly env?: Readonly<Record<string, string>>;
  /** Default: a command of the application. */
  readonly words?: readonly string[];
}

const SITUATIONS: readonly Situation[] = [
  { title: "the first start", prepare: async () => {}, events: ["start", "delete"] },
  {
    title: "the first start on a file system without locks",
    prepare: async () => {},
    events: ["start", "delete"],
    env: { HOLDALL_CRASH_LOCKS: "off" },
  },
  { title: "a start that finds its release", prepare: startOnce, events: ["delete", "clear"] },
  {
    title: "a start of what nobody used for long",
    prepare: async (artifact) => {
      await startOnce(artifact);
      age(artifact);
    },
    events: ["prune"],
  },
  {
    title: "a start of what is damaged and does not show it",
    prepare: async (artifact) => {
      await startOnce(artifact);
      damage(artifact);
    },
    events: ["repair"],
  },
  ...["list", "prune --dry-run"].map((command) => ({
    title: `cache ${command}, which takes no lock,`,
    prepare: startOnce,
    events: ["delete"] as const,
    words: ["--holdall", "cache", ...command.split(" ")],
  })),
];

for (const { title, prepare, events, env = {}, words = ["cart"] } of SITUATIONS) {
  test(`${title} succeeds whatever else happens at any moment of it: ${events.join(", ")}`, async (t) => {
    const artifact = await makeArtifactToStart(t);
    const withEnv = { ...artifact, env: { ...artifact.env, ...env } };
    const { points, expected } = await tryUndisturbed(withEnv, prepare, words);
    const chosen = events.flatMap((event) => {
      // Whoever needs the lock waits for this start, which is part of what is seen elsewhere.
      const free = points.filter(({ what }) => event === "delete" || !what.endsWith(" locked"));
      return (isWhole ? free : samplePoints(free, 3)).map((point) => ({ point, event }));
    });
    await sweep(sample(t, chosen, 10), async ({ point, event }) => {
      const fresh = withFreshCache(withEnv);
      await prepare(fresh);
      const script = writeScript(fresh, event);
      const { status, stdout, stderr } = await runDriven(fresh, words, {
        action: "run",
        point: point.id,
        log: script,
      });
      const what = `${event} at ${point.id}, before ${point.what}`;
      assert.deepEqual([status, stderr], [0, ""], what);
      if (words[0] === "cart") assert.match(stdout, /^cart /, what);
      await assertRecovered(fresh, expected, what);
    });
    t.diagnostic(`${chosen.length} possible disturbances at ${points.length} points`);
  });
}

/** `npm run crash-sweep` takes all. */
function sample<Item>(t: TestContext, items: readonly Item[], count: number): readonly Item[] {
  const next = makeRandom(t);
  const left = [...items];
  return isWhole ? left : Array.from({ length: count }, () => left.splice(next() * left.length, 1)).flat();
}

test("a first start goes on with its artifact when another one takes its place at any moment of it", async (t) => {
  const artifact = await makeArtifactToStart(t);
  const other = await makeArtifactToStart(t, { application: [fileEntry("app/other.py", "x = 1\n")] });
  const { points, expected } = await tryUndisturbed(artifact, async () => {}, ["cart"]);
  await sweep(sample(t, isWhole ? points : samplePoints(points, 2), 10), async ({ id, what }) => {
    const fresh = withFreshCache(artifact);
    const path = `${fresh.cache}.holdall`;
    const event = `${fresh.cache}.sh`;
    copyFileSync(artifact.path, path);
    writeFileSync(event, `#!/bin/sh\ncp '${other.path}' '${path}.new'\nmv '${path}.new' '${path}'\n`, {
      mode: 0o755,
    });
    const replaced = await runDriven({ ...fresh, path }, ["cart"], { action: "run", point: id, log: event });
    assert.deepEqual([replaced.status, replaced.stderr], [0, ""], `${id}, before ${what}`);
    await assertRecovered(fresh, expected, `replaced at ${id}, before ${what}`);
  });
});

const SHELL_SITUATIONS: readonly (Situation & { readonly make: typeof makeArtifactToStart })[] = [
  {
    ...{ title: "the first start by sh", make: makeArtifactToStart, prepare: async () => {} },
    events: ["start", "delete"],
  },
  {
    ...{ title: "a warm start by sh", make: makeArtifactToStart, prepare: startOnce },
    events: ["clear", "repair", "delete"],
  },
  {
    ...{ title: "the first start of a Python inside by sh", make: makeArtifactInside },
    ...{ prepare: async () => {}, events: ["start", "delete"] },
  },
];

for (const { title, make, prepare, events } of SHELL_SITUATIONS) {
  test(`${title} succeeds whatever else happens at any moment of it: ${events.join(", ")}`, async (t) => {
    const artifact = await make(t);
    const clean = withFreshCache(artifact);
    await prepare(clean);
    const { points } = await startByBash(clean, { point: 0, event: "start" });
    const expected = describeCache(clean);
    removeReadOnly(clean.cache);
    // After the last look there is nobody who could begin anew.
    const last = points.findLastIndex((what) => /^\w+ \[ /.test(what));
    const chosen = events.flatMap((event) =>
      points.flatMap((what, index) => {
        const isTooLate = event === "delete" && index > last;
        const waits = event !== "delete" && what.startsWith("locked ");
        return isTooLate || waits ? [] : [{ event, what, point: index + 1 }];
      }),
    );
    await sweep(sample(t, chosen, 4), async ({ event, what, point }) => {
      const fresh = withFreshCache(artifact);
      await prepare(fresh);
      const { status, stdout, stderr } = await startByBash(fresh, { point, event });
      const said = `${event} before ${what}: ${stderr}`;
      assert.deepEqual([status, stdout.split(" ")[0]], [0, "cart"], said);
      await assertRecovered(fresh, expected, said);
    });
    t.diagnostic(`${chosen.length} possible disturbances at ${points.length} points`);
  });
}

async function startByBash(
  artifact: ArtifactToStart,
  { point, event }: { readonly point: number; readonly event: EventName },
) {
  const log = `${artifact.cache}.points`;
  const ended = await start(artifact, ["cart"], {
    by: ["bash"],
    env: {
      ...QUIET,
      ...{ BASH_ENV: POINTS, POINTS: log, POINT: String(point), EVENT: writeScript(artifact, event) },
    },
  });
  const points = readFileSync(log, "utf8").trimEnd().split("\n");
  return { ...ended, points };
}

async function tryUndisturbed(
  artifact: ArtifactToStart,
  prepare: Situation["prepare"],
  words: readonly string[],
): Promise<{ points: readonly Point[]; expected: ReturnType<typeof describeCache> }> {
  const clean = withFreshCache(artifact);
  await prepare(clean);
  const points = await listPoints(clean, words, "looks");
  const expected = describeCache(clean);
  removeReadOnly(clean.cache);
  return { points, expected };
}

async function startOnce(artifact: ArtifactToStart): Promise<void> {
  assert.equal((await start(artifact, ["cart"], { env: QUIET })).status, 0);
}

function age({ cache }: ArtifactToStart): void {
  const at = Date.now() / 1000 - 60 * 86_400;
  for (const part of ["used", "layers"]) {
    for (const name of readdirSync(join(cache, part))) utimesSync(join(cache, part, name), at, at);
  }
}

/** Another byte in a script, which repair finds by its digest. */
function damage({ cache }: ArtifactToStart): void {
  const [release = ""] = readdirSync(join(cache, "releases"));
  const path = join(cache, "releases", release, "bin", "shop");
  chmodSync(path, 0o755);
  writeFileSync(path, "#!/bin/sh\n");
  chmodSync(path, 0o555);
}

function writeScript(artifact: ArtifactToStart, event: EventName): string {
  const path = join(dirname(artifact.cache), `${event}-${artifact.cache.slice(-12)}`);
  const lines = ["#!/bin/sh", `ARTIFACT='${artifact.path}'`, EVENTS[event]];
  writeFileSync(path, `${lines.join("\n")}\n`, { mode: 0o755 });
  return path;
}
