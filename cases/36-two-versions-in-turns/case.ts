import assert from "node:assert/strict";
import { readdirSync, statSync, utimesSync } from "node:fs";
import { join } from "node:path";
import { makeArtifactToStart, start, startFacts } from "../../src/testing/artifact-to-start.ts";
import { defineCase } from "../../src/testing/hard-case.ts";
import { fileEntry } from "../../src/testing/small-artifact.ts";

/** How long ago, by the clock, everything before was: it stands still, is set back by a year, goes on by two months. */
const JUMPS_DAYS = [0, -365, 60];

export default defineCase({
  sentence:
    "two versions that are started in turns share layers, and neither removes what the other has, also when the clock is set back or forth",
  origin: ["pex#3223", "blue/green deployment"],
  seenFailing:
    "with a use that is not noted, or one in the future that is neither now nor dated anew, prune removed both releases; with copies instead of links, a file that both have was there twice",
  elsewhere: [
    "src/artifact/cache-prune.test.ts: what was not used for long goes, with its layers; what was used stays",
    "src/artifact/cache-prune.test.ts: a clock that was set back removes nothing",
  ],
  async shownBy(_, t) {
    const blue = await makeArtifactToStart(t);
    const application = [fileEntry("app/green.py", "")];
    const green = { ...(await makeArtifactToStart(t, { application })), cache: blue.cache, env: blue.env };
    const look = async () => {
      const [first, second] = [await startFacts(blue), await startFacts(green)];
      assert.notEqual(first.prefix, second.prefix);
      assert.equal(statSync(first.cart).ino, statSync(second.cart).ino);
      return [first, second].map(({ prefix }) => [prefix, statSync(prefix).ino]);
    };
    const made = await look();
    for (const days of JUMPS_DAYS) {
      turnClock(blue.cache, days);
      if (days <= 0) await prune(); // before anything is started: nobody knows how long ago that was
      assert.deepEqual(await look(), made, `${days} days`);
      await prune();
    }
    assert.deepEqual(await look(), made);
    assert.equal(readdirSync(join(blue.cache, "layers")).length, 3);

    async function prune() {
      const { stdout, stderr } = await start(blue, ["--holdall", "cache", "prune", "--json"]);
      const { releases, layers } = JSON.parse(stdout || stderr);
      assert.deepEqual([releases, layers], [[], []]);
    }
  },
});

function turnClock(cache: string, days: number): void {
  const at = Date.now() / 1000 - days * 86_400;
  for (const part of ["layers", "ready", "releases", "used"]) {
    for (const name of readdirSync(join(cache, part))) utimesSync(join(cache, part, name), at, at);
  }
}
