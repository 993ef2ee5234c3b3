import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, rmdirSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { type ArtifactToStart, makeArtifactToStart, start } from "../testing/artifact-to-start.ts";
import { sweep } from "../testing/crash-sweep.ts";
import { makeArtifactInside } from "../testing/inside.ts";
import { needRoot } from "../testing/needs.ts";
import { fileEntry } from "../testing/small-artifact.ts";

const FULL = /^cannot start shop 1\.0: the disk of its cache \S+ is full\nhint: .*\n$/;
/** What unpacks the Python inside says its own sentence before. */
const FULL_INSIDE =
  /(^|\n)cannot start shop 1\.0: (the disk of its cache \S+ is full|its Python cannot be unpacked into \S+|its cache \S+ is not writable)\nhint: .*\n$/;

interface Cramped {
  readonly size: string;
  readonly inodes: number;
}

const SIZES = ["16k", "40k", "60k", "80k", "100k", "120k", "140k", "160k"];
const INODES = [3, 7, 10, 14, 20, 30, 40, 60];
const CRAMPED: readonly Cramped[] = [
  ...SIZES.map((size) => ({ size, inodes: 10_000 })),
  ...INODES.map((inodes) => ({ size: "9m", inodes })),
];

test("a disk that is too small, or has too few inodes, by whatever: nothing is left, and the next start works", async (t) => {
  if (!needRoot(t)) return;
  const artifact = await makeArtifactToStart(t);
  const refused = await startCramped(t, artifact, CRAMPED, FULL);
  assert.ok(refused >= 8, `${refused} of ${CRAMPED.length} were too small`);
});

test("a disk that is too small for the Python inside", async (t) => {
  if (!needRoot(t)) return;
  const artifact = await makeArtifactInside(t);
  const cramped = [
    ...["100k", "30m"].map((size) => ({ size, inodes: 100_000 })),
    ...[4, 900].map((inodes) => ({ size: "400m", inodes })),
  ];
  const refused = await startCramped(t, artifact, cramped, FULL_INSIDE);
  assert.ok(refused === 4, `${refused} of ${cramped.length} were too small`);
});

/** How many were refused, each on a file system of its own. */
async function startCramped(
  t: TestContext,
  artifact: ArtifactToStart,
  cramped: readonly Cramped[],
  sentence: RegExp,
): Promise<number> {
  let refused = 0;
  await sweep(cramped, async ({ size, inodes }) => {
    const mount = mkdtempSync(join(tmpdir(), "holdall-"));
    execFileSync("mount", ["-t", "tmpfs", "-o", `size=${size},nr_inodes=${inodes}`, "tmpfs", mount]);
    t.after(() => {
      execFileSync("umount", [mount]);
      rmdirSync(mount);
    });
    const env = { HOLDALL_CACHE: join(mount, "cache"), PYTHONDONTWRITEBYTECODE: "1" };
    const title = `size ${size}, ${inodes} inodes`;
    const { status, stderr } = await start(artifact, ["cart"], { env });
    if (status !== 0) {
      refused += 1;
      assert.match(stderr, sentence, title);
      const left = readdirSync(mount, { recursive: true, encoding: "utf8" });
      assert.deepEqual(
        left.filter((path) => path.includes("/work/")),
        [],
        title,
      );
    }
    execFileSync("mount", ["-o", "remount,size=400m,nr_inodes=100000", mount]);
    assert.equal((await start(artifact, ["cart"], { env })).status, 0, title);
    const verified = await start(artifact, ["--holdall", "cache", "verify"], { env });
    assert.equal(verified.status, 0, `${title}\n${verified.stdout}`);
  });
  return refused;
}

test("fifty first starts at once, of two applications that share a layer: each layer and release once", async (t) => {
  const distribution = Array.from({ length: 50 }, (_, n) => fileEntry(`site-packages/many/${n}.txt`, "x"));
  const first = await makeArtifactToStart(t, { distribution });
  const second = await makeArtifactToStart(t, {
    distribution,
    application: [fileEntry("app/other.py", "")],
  });
  const env = { HOLDALL_CACHE: first.cache };
  const all = Array.from({ length: 50 }, (_, n) => start(n % 2 ? first : second, ["cart"], { env }));
  for (const { status, stderr } of await Promise.all(all)) assert.deepEqual([status, stderr], [0, ""]);
  const counts = ["layers", "releases", "used", "work"].map(
    (part) => readdirSync(join(first.cache, part)).length,
  );
  assert.deepEqual(counts, [3, 2, 2, 0]);
});
