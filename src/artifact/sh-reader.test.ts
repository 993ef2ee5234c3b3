import assert from "node:assert/strict";
import { mkdir, readFile, symlink, writeFile } from "node:fs/promises";
import { availableParallelism } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { type TestContext, test } from "node:test";
import { type ForgedEntry, replaceLayer, seal, takeApart } from "../testing/forge-artifact.ts";
import { HOSTILE, type Hostile } from "../testing/hostile-artifacts.ts";
import { forgeHostileTar, TARS } from "../testing/hostile-tars.ts";
import { READERS } from "../testing/mutants/judge-mutants.ts";
import { findProgram, needProgram } from "../testing/needs.ts";
import { makeDirectory } from "../testing/small-artifact.ts";
import { PROGRAM, type StartBySh, startBySh, writeSmallInside } from "../testing/small-inside.ts";
import { verifyEach } from "../testing/verify-each.ts";

// The third unpacker is sh, with whichever tar a host has: it takes the Python inside out of a file, and Python judges the
// rest. What is forged here is forged as whoever seals a file could: the prefix has the digests of the forged layer. So it
// is not the digests that refuse it. decisions/0018 says what sh answers for.

/** What a host may have as its utilities. */
const HOSTS = ["GNU", "busybox", "bsdtar", "toybox"] as const;

const ENTRY: ForgedEntry = { path: "python/bin/python3.11", mode: "0000755", content: PROGRAM };

/** In place of the application's layer: that of the interpreter. */
const INTERPRETERS: readonly Hostile[] = TARS.map(([title, hostile, reason]) => {
  const { tar, files } = forgeHostileTar(hostile, "python", [ENTRY]);
  return [
    `an interpreter with ${title}`,
    (_, parts) => seal(replaceLayer(parts, "interpreter", tar, files)),
    "layer_invalid",
    reason,
  ];
});

const WITHOUT_PROGRAM: Hostile = [
  "an interpreter without the program of its target",
  (_, parts) => {
    const { tar, files } = forgeHostileTar([{ path: "app/bin/python3.12", mode: "0000755" }], "python", []);
    return seal(replaceLayer(parts, "interpreter", tar, files));
  },
  "artifact_invalid",
  "",
];

/** Unpacking what these have could reach something outside, or replace something inside: `sh` itself refuses them. */
const DANGEROUS =
  /with (a path (with|that starts with) \.\.|an absolute path|a path elsewhere|a path with a (line end|backslash)|a path twice|a link, then a file|a link (far )?(to )?outside|a link to (an absolute path|the first part)|a link that goes down|links that lead out|a hard link|a (character|block) device|a pipe|a directory|a set[ug]id file|a file that everybody|a huge pax)/;

test("sh hands over a good artifact, also with names that differ in case only", async (t) => {
  const good: Hostile = ["a good one", (file) => file, "", ""];
  const [handed] = await startEach(t, [good], "/usr/bin:/bin");
  assert.ok(handed?.start.isHandedOver, handed?.start.stderr);
  assert.equal(handed.python, "whole");
  const lower = (path: string) => path.normalize("NFC").toLowerCase();
  assert.ok(handed.start.layers.length > new Set(handed.start.layers.map(lower)).size);
});

test("an interpreter that lacks the program of its target is refused by each reader", async (t) => {
  const [judged] = await startEach(t, [WITHOUT_PROGRAM], "/usr/bin:/bin");
  assert.match(judged?.start.stderr ?? "", /the Python inside does not run on this host/);
  assert.match(judged?.python ?? "", /has no python\/bin\/python3\.11, which a target starts$/);
  assert.match(judged?.typescript ?? "", /has no python\/bin\/python3\.11, which a target starts$/);
});

for (const host of HOSTS) {
  test(`with ${host}'s tar, sh and the Python inside refuse each hostile file and place nothing`, async (t) => {
    const PATH = await makePath(t, host);
    if (PATH === undefined) return;
    // What belongs to the other layers is for Python alone, whichever tar a host has.
    const files = host === "GNU" ? [...HOSTILE, ...INTERPRETERS] : INTERPRETERS;
    for (const { title, start, python, typescript } of await startEach(t, files, PATH)) {
      assert.deepEqual(start.strayed, [], title);
      assert.doesNotMatch(typescript ?? "whole", /^(whole|defect)/, title);
      if (start.isHandedOver) assert.doesNotMatch(python, /^(whole|defect)/, title);
      if (!DANGEROUS.test(title) || !title.startsWith("an interpreter")) continue;
      assert.deepEqual([start.isHandedOver, start.layers], [false, []], title);
      assert.match(
        start.stderr,
        /^cannot start shop 1\.0: .* is not a layer: its tar has what no layer has$/m,
        title,
      );
    }
  });
}

interface Judged {
  readonly title: string;
  readonly start: StartBySh;
  readonly python: string;
  readonly typescript: string | undefined;
}

/** Each by its own prefix, a few at the same time; then all by the reader in Python. */
async function startEach(
  t: TestContext,
  hostile: readonly Hostile[],
  PATH: string,
): Promise<readonly Judged[]> {
  const directory = await makeDirectory(t);
  const path = await writeSmallInside(directory);
  const [good, parts] = [await readFile(path), await takeApart(path)];
  const starts: StartBySh[] = [];
  const paths = hostile.map((_, index) => join(directory, `${index}`, "forged.holdall"));
  const queue = hostile.entries();
  const work = async () => {
    for (const [index, [, forge]] of queue) {
      const forged = paths[index] ?? "";
      await mkdir(dirname(forged));
      await writeFile(forged, forge(good, parts));
      starts[index] = await startBySh(forged, { PATH });
    }
  };
  await Promise.all(Array.from({ length: availableParallelism() }, work));
  const answers = await verifyEach(paths);
  assert.equal(answers.length, hostile.length);
  const typescript = await Promise.all(paths.map(READERS.typescript));
  return starts.map((start, index) => {
    const title = hostile[index]?.[0] ?? "";
    return { title, start, python: answers[index] ?? "", typescript: typescript[index] };
  });
}

/** A PATH whose tar, sort and uniq are of this kind, the system's behind them; undefined where it is not installed. */
async function makePath(t: TestContext, host: (typeof HOSTS)[number]): Promise<string | undefined> {
  if (host === "GNU") return "/usr/bin:/bin";
  if (!needProgram(t, host)) return undefined;
  const directory = await makeDirectory(t);
  const names = host === "bsdtar" ? ["tar"] : ["tar", "sort", "uniq", "head", "tail"];
  for (const name of names) await symlink(findProgram(host) ?? "", join(directory, name));
  return [directory, "/usr/bin:/bin"].join(delimiter);
}
