import assert from "node:assert/strict";
import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  readlinkSync,
  renameSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { makePlace } from "../../testing/service-conformance.ts";
import { publicFilesService } from "../public_files/service.ts";
import { filesService } from "./service.ts";

test("a backup has modes, times, links and empty directories", async (t) => {
  const place = await makePlace(t);
  const service = await filesService.open(place);
  await service.setUp();
  const files = join(place.directory, "files");
  mkdirSync(join(files, "empty"));
  writeFileSync(join(files, "run"), "#!/bin/sh\n");
  chmodSync(join(files, "run"), 0o750);
  symlinkSync("run", join(files, "link"));
  symlinkSync("../../elsewhere", join(files, "dangling"));
  utimesSync(join(files, "run"), 1000, 1000);
  await service.backup(join(place.data, "backup"));
  await service.clear();
  await service.restore(join(place.data, "backup"));
  assert.ok(lstatSync(join(files, "empty")).isDirectory());
  assert.equal(lstatSync(join(files, "run")).mode & 0o777, 0o750);
  assert.equal(lstatSync(join(files, "run")).mtimeMs, 1_000_000);
  assert.equal(readlinkSync(join(files, "link")), "run");
  assert.equal(readlinkSync(join(files, "dangling")), "../../elsewhere");
});

test("a restore that was killed between its two renames is finished by the next start", async (t) => {
  const place = await makePlace(t);
  const service = await filesService.open(place);
  await service.setUp();
  const files = join(place.directory, "files");
  writeFileSync(join(files, "kept"), "1");
  renameSync(files, join(place.directory, ".files.old"));
  await service.setUp();
  assert.equal(readFileSync(join(files, "kept"), "utf8"), "1");
});

test("given files are somebody else's: removing the service leaves them", async (t) => {
  const place = await makePlace(t);
  mkdirSync(join(place.data, "theirs"));
  const service = await filesService.connect("theirs", place);
  await service.setUp();
  await service.remove();
  assert.ok(existsSync(join(place.data, "theirs")));
});

test("public files are published below the name of the service, those of somebody else, too", async (t) => {
  const place = await makePlace(t, { name: "uploads" });
  const service = await publicFilesService.open(place);
  const theirs = await publicFilesService.connect("theirs", place);
  for (const [{ published, values }, directory] of [
    [service, join(place.directory, "files")],
    [theirs, join(place.data, "theirs")],
  ] as const) {
    assert.deepEqual(published, { path: "/uploads", directory });
    assert.deepEqual([values["_URL"]?.value, values["_DIRECTORY"]?.value], ["/uploads/", directory]);
  }
});

test("public files have a quota", async (t) => {
  const place = await makePlace(t, { quotaBytes: 10 });
  const service = await publicFilesService.open(place);
  await service.setUp();
  mkdirSync(join(place.directory, "files/a"));
  writeFileSync(join(place.directory, "files/a/b"), "1234567890");
  await service.check();
  writeFileSync(join(place.directory, "files/c"), "1");
  await assert.rejects(service.setUp(), {
    code: "service_full",
    message: "cannot store anything in database: its files have 11 bytes, 10 are allowed",
  });
});
