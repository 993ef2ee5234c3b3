import assert from "node:assert/strict";
import { chmodSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { makeArtifactToStart, PATH, startFacts } from "../../testing/artifact-to-start.ts";
import { runHoldall } from "../../testing/run-holdall.ts";

test("cache shows what is there, and what differs is an error with a line for each", async (t) => {
  const artifact = await makeArtifactToStart(t);
  await startFacts(artifact);
  const ask = (...words: string[]) => runHoldall(["cache", ...words], { env: artifact.env });
  const listed = await ask("list");
  assert.match(listed.stdout, /^shop 1\.0 {2}used \S+Z {2}\S+ kB {2}[0-9a-f]{64}-cp3\S+\n/);
  assert.equal((await ask("verify", artifact.path)).status, 0);
  const { releases } = JSON.parse((await ask("prune", "--dry-run", "--json")).stdout);
  assert.deepEqual(releases, []);

  const [name = ""] = readdirSync(join(artifact.cache, "releases"));
  chmodSync(join(artifact.cache, "releases", name, "app/shop.py"), 0o644);
  const damaged = await ask("verify", artifact.path);
  assert.equal(damaged.status, 1);
  assert.match(damaged.stderr, /^ {2}layers\/[0-9a-f]{64}\/app\/shop\.py: its mode is 0644$/m);
  assert.match(damaged.stderr, /^\(cache_damaged\)$/m);
  assert.match((await ask("repair")).stdout, /^removed layers\/[0-9a-f]{64}\nrepaired /m);
  assert.equal((await ask("verify")).status, 0);
});

const WRONG: readonly [line: string, reason: string][] = [
  ["empty", "empty is none of list, verify, repair, prune, clear"],
  ["list --keep 2", "--keep goes with prune"],
  ["prune --older-than 30", '--older-than is "30", not a number with s, m, h, d or w'],
  ["prune --keep some", '--keep is "some", not a number'],
];

for (const [line, reason] of WRONG) {
  test(`refuses holdall cache ${line}`, async () => {
    const { status, stderr } = await runHoldall(["cache", ...line.split(" ")], { env: { PATH } });
    assert.equal(
      stderr,
      `error: cannot look after the cache: ${reason}\nhint: \`holdall help cache\` shows how it is used.\n(usage_wrong)\n`,
    );
    assert.equal(status, 2);
  });
}

test("a cache that cannot be used is refused with the reason of the program that looks after it", async () => {
  const { status, stderr } = await runHoldall(["cache", "list"], {
    env: { PATH, HOLDALL_CACHE: "relative" },
  });
  assert.match(stderr, /HOLDALL_CACHE is relative, not an absolute path\nhint: .*\n\(cache_unusable\)\n$/);
  assert.equal(status, 1);
});
