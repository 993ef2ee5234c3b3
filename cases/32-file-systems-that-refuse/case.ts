import assert from "node:assert/strict";
import { lstatSync, mkdirSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { type ArtifactToStart, makeArtifactToStart, start } from "../../src/testing/artifact-to-start.ts";
import { defineCase } from "../../src/testing/hard-case.ts";
import { needProgram, needRoot } from "../../src/testing/needs.ts";

/** System calls that fail as on file systems that lack them: NFS without lockd, FUSE, overlayfs, FAT. */
const INJECTED: readonly [name: string, injections: readonly string[]][] = [
  ["no locks", ["flock:error=ENOLCK"]],
  ["locks that are not known", ["flock:error=ENOSYS"]],
  ["links that are not allowed", ["link,linkat:error=EPERM"]],
  ["links to another device", ["link,linkat:error=EXDEV"]],
  ["links that are not known", ["link,linkat:error=EOPNOTSUPP"]],
  ["too many links", ["link,linkat:error=EMLINK"]],
  ["neither", ["flock:error=ENOLCK", "link,linkat:error=EPERM"]],
];
const SHOW = "import cart, shop; print(cart.__file__)";
/** The cache of an earlier start is the lower directory, as in an image of a container. */
const OVERLAY = `
  mount -t tmpfs tmpfs "$AT" && mkdir "$AT/upper" "$AT/work" &&
  mount -t overlay -o "lowerdir=$LOWER,upperdir=$AT/upper,workdir=$AT/work" overlay "$HOLDALL_CACHE" && exec "$@"`;
/** Layers and releases on two devices. */
const TWO_DEVICES = `mount -t tmpfs -o mode=755 tmpfs "$HOLDALL_CACHE/layers" && exec "$@"`;

export default defineCase({
  sentence:
    "a cache without locks, without hard links or on an overlay serves; one over several file systems is refused",
  origin: ["NFS without lockd", "overlayfs and FUSE without hard links"],
  seenFailing:
    "when first tried, layers on another device than work ended in a traceback; without EPERM in NO_LINK, and without ENOLCK in _take_lock, there was no start; copies without the modes of their files differed",
  refusal: "cannot start …: its cache … is on several file systems",
  async shownBy(_, t) {
    if (!needRoot(t) || !needProgram(t, "strace")) return;
    for (const [name, injections] of INJECTED) {
      const artifact = await makeArtifactToStart(t);
      const flags = injections.flatMap((each) => ["-e", `inject=${each}`]);
      const by = ["strace", "-f", "-qqq", "-o", "/dev/null", ...flags];
      for (const _ of ["first", "next"]) await assertStarts(artifact, name, { by });
      // Modes, too, which a copy does not have by itself.
      const verified = await start(artifact, ["--holdall", "cache", "verify"]);
      assert.equal(verified.status, 0, `${name}: ${verified.stdout}`);
      assert.deepEqual(readdirSync(join(artifact.cache, "work")), [], name);
      if (name.startsWith("links")) assert.equal(linksOf(artifact), 1, name);
    }

    const halved = await makeArtifactToStart(t);
    mkdirSync(join(halved.cache, "layers"), { recursive: true });
    const mounted = await start(halved, ["cart"], {
      by: ["unshare", "--mount", "sh", "-c", TWO_DEVICES, "sh"],
    });
    assert.deepEqual(
      [mounted.status, mounted.stderr],
      [
        1,
        `cannot start shop 1.0: its cache ${halved.cache} is on several file systems\nhint: Set HOLDALL_CACHE to a directory on one file system, so that files can be moved within it.\n`,
      ],
    );

    const lower = await makeArtifactToStart(t);
    await assertStarts(lower, "lower", {});
    const over = { ...lower, cache: join(lower.data, "cache") };
    const at = join(lower.data, "at");
    for (const directory of [over.cache, at]) mkdirSync(directory);
    const env = { HOLDALL_CACHE: over.cache, LOWER: lower.cache, AT: at };
    await assertStarts(over, "overlay", { by: ["unshare", "--mount", "sh", "-c", OVERLAY, "sh"], env });
  },
});

async function assertStarts(
  artifact: ArtifactToStart,
  name: string,
  options: { by?: readonly string[]; env?: Readonly<Record<string, string>> },
): Promise<void> {
  const { status, stdout, stderr } = await start(artifact, ["python", "-c", SHOW], options);
  assert.deepEqual([status, stderr], [0, ""], name);
  assert.match(stdout, /\/site-packages\/cart\.py\n$/, name);
}

/** How many names the file of a module has. */
function linksOf({ cache }: ArtifactToStart): number {
  const [layer = ""] = readdirSync(join(cache, "layers")).filter((each) =>
    lstatSync(join(cache, "layers", each, "site-packages"), { throwIfNoEntry: false }),
  );
  return statSync(join(cache, "layers", layer, "site-packages/cart.py")).nlink;
}
