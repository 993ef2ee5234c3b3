import assert from "node:assert/strict";
import { test } from "node:test";
import { describe } from "../../description/describe.ts";
import { appFilesOf } from "../../testing/app-files-of.ts";
import { listLockedVersions } from "./locked-versions.ts";

const PROJECT = '[project]\nname = "shop"\ndependencies = []\n';

const CASES: readonly (readonly [files: Readonly<Record<string, string>>, versions: string])[] = [
  [{}, ""],
  [{ "uv.lock": '[[package]]\nname = "a"\nversion = "1"\n[[package]]\nname = "shop"\n' }, "a==1"],
  [{ "poetry.lock": '[[package]]\nname = "a"\nversion = "1"\n[[package]]\nname = "a"\nversion = "2"\n' }, ""],
  [
    { "pylock.toml": '[[packages]]\nname = "a"\nversion = "1"\n[[packages]]\nname = "b"\nversion = "2"\n' },
    "a==1 b==2",
  ],
  [{ "uv.lock": 'package = "a"\n' }, ""],
];

for (const [files, versions] of CASES) {
  test(`knows ${versions || "nothing"} of ${JSON.stringify(files)}`, async () => {
    const all = appFilesOf({ "pyproject.toml": PROJECT, ...files });
    const { description } = await describe(all);
    assert.equal(listLockedVersions(description, all).join(" "), versions);
  });
}
