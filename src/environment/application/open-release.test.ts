import assert from "node:assert/strict";
import { chmodSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { makeArtifactToStart } from "../../testing/artifact-to-start.ts";
import { RECORD } from "./application-form.ts";
import { openArtifactRelease } from "./open-artifact.ts";
import { openRelease } from "./open-release.ts";

test("an artifact is opened as the release that it starts from, cold and warm", async (t) => {
  const artifact = await makeArtifactToStart(t);
  const first = await openArtifactRelease(artifact.path, { env: artifact.env });
  assert.deepEqual(await openArtifactRelease(artifact.path, { env: artifact.env }), first);
  assert.deepEqual(await openRelease(first.prefix), first);
  assert.deepEqual(
    [first.kind, first.name, first.version, first.identity],
    ["release", "shop", "1.0", artifact.identity],
  );
  assert.deepEqual(first.plan.scripts, { shop: "shop:main" });
  assert.match(readFileSync(join(first.app, "shop.py"), "utf8"), /^import json/);
});

test("a directory that is no release, and a record that was changed, are refused", async (t) => {
  const artifact = await makeArtifactToStart(t);
  await assert.rejects(openRelease(artifact.data), {
    code: "release_failed",
    message: `cannot open the release ${artifact.data}: it is no release`,
  });
  const { prefix } = await openArtifactRelease(artifact.path, { env: artifact.env });
  const record = join(prefix, RECORD);
  chmodSync(record, 0o644);
  writeFileSync(record, readFileSync(record, "utf8").replace('"shop"', '"evil"'));
  await assert.rejects(openRelease(prefix), {
    message: `cannot open the release ${prefix}: its record is damaged`,
  });
});

test("why an artifact cannot be opened is what its program says", async (t) => {
  const artifact = await makeArtifactToStart(t);
  await assert.rejects(
    openArtifactRelease(artifact.path, { env: { PATH: "/bin", HOLDALL_CACHE: "relative" } }),
    {
      code: "release_failed",
      message: "cannot start shop 1.0: HOLDALL_CACHE is relative, not an absolute path",
      hint: "Set an absolute path.",
    },
  );
});
