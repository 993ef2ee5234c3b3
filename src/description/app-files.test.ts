import assert from "node:assert/strict";
import { mkdir, mkdtemp, realpath, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { appFilesOf } from "../testing/app-files-of.ts";
import { readAppFiles } from "./app-files.ts";

/** `app/` with a file, a directory and links; `secret` beside it. */
async function makeApp(t: TestContext): Promise<string> {
  const root = await realpath(await mkdtemp(join(tmpdir(), "holdall-")));
  t.after(() => rm(root, { recursive: true }));
  const app = join(root, "app");
  await mkdir(join(app, "shop"), { recursive: true });
  await mkdir(join(root, "app-two"));
  await writeFile(join(app, "shop/web.py"), "app = 1\n");
  await writeFile(join(root, "secret"), "secret");
  await symlink("shop/web.py", join(app, "web.py"));
  await symlink("shop", join(app, "linked"));
  await symlink("../secret", join(app, "out"));
  await symlink("../app-two", join(app, "out-directory"));
  await symlink("nowhere", join(app, "dead"));
  await symlink("loop", join(app, "loop"));
  return app;
}

test("files, directories and links inside the application", async (t) => {
  const files = readAppFiles(await makeApp(t));
  assert.deepEqual(
    ["shop/web.py", "./web.py", "linked/web.py", "shop", "dead", "loop", "nothing/at/all"].map(files.has),
    [true, true, true, false, false, false, false],
  );
  assert.equal(files.read("linked/web.py"), "app = 1\n");
  assert.equal(files.read("shop"), undefined);
  assert.deepEqual(files.list("."), ["dead", "linked/", "loop", "out", "out-directory", "shop/", "web.py"]);
  assert.deepEqual(files.list("linked"), ["web.py"]);
  assert.deepEqual(files.list("web.py"), []);
});

test("what leads out of the application is refused", async (t) => {
  const app = await makeApp(t);
  const files = readAppFiles(app);
  const linked = {
    code: "file_outside",
    message: `cannot use out: it is a link to ${join(app, "../secret")}`,
  };
  assert.throws(() => files.has("out"), linked);
  assert.throws(() => files.read("out"), linked);
  assert.throws(() => files.list("out-directory"), { code: "file_outside" });
  for (const path of ["../secret", "shop/../../secret", "/etc/passwd", "../app-two"]) {
    const message = `cannot use ${path}: it is not below the application's directory`;
    assert.throws(() => files.read(path), { code: "file_outside", message });
  }
});

test("files that are no text or too large are refused", async (t) => {
  const app = await makeApp(t);
  await writeFile(join(app, "binary"), Buffer.from([0xff, 0xfe]));
  await writeFile(join(app, "large"), Buffer.alloc(4 * 1024 * 1024 + 1));
  const files = readAppFiles(app);
  assert.throws(() => files.read("binary"), {
    code: "description_unreadable",
    message: "cannot read binary: it is not UTF-8",
  });
  assert.throws(() => files.read("large"), {
    code: "description_unreadable",
    message: "cannot read large: it has 4194305 bytes, more than 4194304",
  });
});

test("an application is a directory", async (t) => {
  const app = await makeApp(t);
  for (const place of [join(app, "web.py"), join(app, "nothing")]) {
    const message = `cannot read ${place}: it is not a directory`;
    assert.throws(() => readAppFiles(place), { code: "application_not_found", message });
  }
});

test("texts in memory look like files", () => {
  const files = appFilesOf({ "a.txt": "a", "b/c.txt": "c", "b/d/e.txt": "e" });
  assert.deepEqual(
    [files.list("."), files.list("b"), files.list("b/"), files.list("x")],
    [["a.txt", "b/"], ["c.txt", "d/"], ["c.txt", "d/"], []],
  );
  assert.deepEqual(
    [files.has("a.txt"), files.has("b"), files.read("b/d/e.txt"), files.read("toString")],
    [true, false, "e", undefined],
  );
});
