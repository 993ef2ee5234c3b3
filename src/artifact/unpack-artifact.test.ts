import assert from "node:assert/strict";
import { mkdir, readdir, readFile, rm, stat, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { makeDirectory, writeSmallArtifact } from "../testing/small-artifact.ts";
import { openArtifact } from "./open-artifact.ts";
import { packArtifact } from "./pack-artifact.ts";
import { unpackArtifact } from "./unpack-artifact.ts";
import { type LayerVerified, verifyArtifact } from "./verify-artifact.ts";

async function unpacked(t: TestContext) {
  const directory = await makeDirectory(t);
  const sealed = await writeSmallArtifact(directory);
  const open = join(directory, "open");
  await unpackArtifact(await openArtifact(sealed), open);
  return { directory, sealed, open };
}

test("the open form is the same artifact, in plain files", async (t) => {
  const { sealed, open } = await unpacked(t);
  const from = await openArtifact(sealed);
  const to = await openArtifact(open);
  await verifyArtifact(to);
  assert.deepEqual(to.manifest, from.manifest);
  assert.equal(to.identity, from.identity);
  const names = await readdir(open, { recursive: true, withFileTypes: true });
  const files = names.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  const expected = ["prefix", ...from.members.keys()].map((name) => join(open, name));
  assert.deepEqual(files.sort(), expected.sort());
  const mask = process.umask();
  assert.equal((await stat(open)).mode & 0o777, 0o777 & ~mask);
  assert.equal((await stat(join(open, "prefix"))).mode & 0o777, 0o777 & ~mask);
});

test("packed again it has the bytes that it had", async (t) => {
  const { directory, sealed, open } = await unpacked(t);
  const again = join(directory, "again.holdall");
  assert.equal((await packArtifact(open, again)).form, "sealed");
  assert.deepEqual(await readFile(again), await readFile(sealed));
  assert.equal((await stat(again)).mode & 0o777, 0o755 & ~process.umask());
});

test("an open artifact can be unpacked, a sealed one packed: both are copied", async (t) => {
  const { directory, sealed, open } = await unpacked(t);
  await unpackArtifact(await openArtifact(open), join(directory, "copy"));
  await packArtifact(join(directory, "copy"), join(directory, "copy.holdall"));
  assert.deepEqual(await readFile(join(directory, "copy.holdall")), await readFile(sealed));
});

test("says how far verifying has come", async (t) => {
  const { open } = await unpacked(t);
  const events: LayerVerified[] = [];
  await verifyArtifact(await openArtifact(open), { onProgress: (event) => events.push(event) });
  assert.deepEqual(events.map(({ layer }) => layer.name).sort(), ["cart", "shop"]);
  assert.equal(events.at(-1)?.doneBytes, events.at(-1)?.totalBytes);
});

test("replaces neither a directory nor a file", async (t) => {
  const { directory, sealed, open } = await unpacked(t);
  await mkdir(join(directory, "empty"));
  const artifact = await openArtifact(sealed);
  for (const path of [open, sealed, join(directory, "empty")]) {
    const message = `cannot unpack to ${path}: it is there already`;
    await assert.rejects(unpackArtifact(artifact, path), { code: "file_exists", message });
  }
  const message = `cannot pack to ${sealed}: it is there already`;
  await assert.rejects(packArtifact(open, sealed), { code: "file_exists", message });
});

const OPEN_FORMS: readonly (readonly [
  title: string,
  change: (open: string) => Promise<unknown>,
  code: string,
  reason: string,
])[] = [
  [
    "without prefix",
    (open) => rm(join(open, "prefix")),
    "artifact_unreadable",
    "it is a directory without the files prefix and manifest.json",
  ],
  [
    "without manifest",
    (open) => rm(join(open, "manifest.json")),
    "artifact_unreadable",
    "it is a directory without the files prefix and manifest.json",
  ],
  [
    "with one more file",
    (open) => writeFile(join(open, "notes.txt"), ""),
    "artifact_invalid",
    "it has the member notes.txt, which the manifest does not name",
  ],
  [
    "with an empty directory",
    (open) => mkdir(join(open, "layers/new")),
    "artifact_invalid",
    'directory "layers/new" is empty',
  ],
  [
    "with a file of a strange name",
    (open) => writeFile(join(open, "a b"), ""),
    "artifact_invalid",
    '"a b" cannot be a member\'s name',
  ],
  [
    "with a signature",
    (open) => writeFile(join(open, "manifest.sig"), ""),
    "artifact_unsupported",
    "it has the member manifest.sig, which this holdall cannot check",
  ],
  [
    "with a link instead of a file",
    async (open) => {
      await rm(join(open, "__main__.py"));
      await symlink("/etc/passwd", join(open, "__main__.py"));
    },
    "artifact_invalid",
    '"__main__.py" is neither a file nor a directory',
  ],
  [
    "without a member",
    (open) => rm(join(open, "__main__.py")),
    "artifact_invalid",
    "it lacks the member __main__.py, which the manifest names",
  ],
  [
    "with another member",
    (open) => writeFile(join(open, "__main__.py"), "print('evil')\n"),
    "artifact_damaged",
    "member __main__.py has another digest",
  ],
  [
    "with a member cut off",
    (open) => writeFile(join(open, "__main__.py"), ""),
    "artifact_damaged",
    "member __main__.py has 0 bytes, not 14",
  ],
  [
    "with another prefix",
    (open) => writeFile(join(open, "prefix"), "#!/bin/sh\nexit\n"),
    "artifact_invalid",
    "its prefix does not start with the two lines that every artifact has",
  ],
];

for (const [title, change, code, reason] of OPEN_FORMS) {
  test(`refuses an open artifact ${title}, and packs nothing`, async (t) => {
    const { directory, open } = await unpacked(t);
    await change(open);
    const before = await readdir(directory);
    await assert.rejects(packArtifact(open, join(directory, "again.holdall")), {
      code,
      message: `cannot read ${open}: ${reason}`,
    });
    assert.deepEqual(await readdir(directory), before);
  });
}

test("says what cannot be opened", async (t) => {
  const directory = await makeDirectory(t);
  const missing = join(directory, "missing");
  const message = `cannot read ${missing}: there is no such file or directory`;
  await assert.rejects(openArtifact(missing), { code: "artifact_unreadable", message });
  const device = "cannot read /dev/null: it is neither a file nor a directory";
  await assert.rejects(openArtifact("/dev/null"), { code: "artifact_unreadable", message: device });
});

test("says where it cannot write", async (t) => {
  const { directory, sealed, open } = await unpacked(t);
  const path = join(directory, "missing", "deep");
  const expected = {
    code: "file_unwritable",
    message: `cannot write ${path}: there is no such file or directory`,
  };
  await assert.rejects(unpackArtifact(await openArtifact(sealed), path), expected);
  await assert.rejects(packArtifact(open, path), expected);
  const below = join(sealed, "below");
  const message = `cannot write ${below}: a part of its path is no directory`;
  await assert.rejects(unpackArtifact(await openArtifact(sealed), below), {
    code: "file_unwritable",
    message,
  });
});

test("an abort leaves nothing", async (t) => {
  const { directory, sealed } = await unpacked(t);
  const before = await readdir(directory);
  const signal = AbortSignal.abort(new Error("stopped"));
  const artifact = await openArtifact(sealed);
  await assert.rejects(unpackArtifact(artifact, join(directory, "out"), { signal }), /stopped/);
  assert.deepEqual(await readdir(directory), before);
});
