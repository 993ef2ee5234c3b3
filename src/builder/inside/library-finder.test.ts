import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdirSync, realpathSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { test } from "node:test";
import { PYTHON } from "../../testing/artifact-to-start.ts";
import { needProgram } from "../../testing/needs.ts";
import { makeDirectory } from "../../testing/small-artifact.ts";
import { listLibraryDirectories } from "./library-directories.ts";
import { LibraryFinder } from "./library-finder.ts";

test("finds what the loader finds, without what is the C library's", (t) => {
  if (!needProgram(t, "ldd")) return;
  const ask = ["-I", "-S", "-c", "import _ssl, _sqlite3; print(_ssl.__file__); print(_sqlite3.__file__)"];
  const modules = execFileSync(PYTHON.path, ask, { encoding: "utf8" }).trim().split("\n");
  for (const file of [PYTHON.path, ...modules]) {
    const found = new LibraryFinder().findLibraries(file)?.map(({ name, path }) => `${name} ${path}`);
    const shown = execFileSync("ldd", [file], { encoding: "utf8" }).matchAll(/(\S+) => (\/\S+)/g);
    const expected = [...shown]
      .filter(([, name = ""]) => !/^lib(c|m|dl|pthread|util|rt)\.so/.test(name))
      .map(([, name, path = ""]) => `${name} ${realpathSync(path)}`);
    assert.deepEqual(found?.sort(), expected.sort(), file);
  }
});

test("directories of libraries: those that the loader is told, in order, then the usual ones", async (t) => {
  const root = await makeDirectory(t);
  const files = {
    "etc/ld.so.conf": "# first\ninclude ld.so.conf.d/*.conf\n/opt/last\n",
    "etc/ld.so.conf.d/b.conf": "/opt/b\n",
    "etc/ld.so.conf.d/a.conf": "/opt/a # of a\n\ninclude /etc/ld.so.conf.d/a.conf\n",
  };
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
  const usual = ["/lib64", "/usr/lib64", "/lib", "/usr/local/lib", "/usr/lib"];
  const told = ["/opt/a", "/opt/b", "/opt/last"];
  assert.deepEqual(
    listLibraryDirectories(root),
    [...told, ...usual].map((path) => join(root, path)),
  );
  const empty = await makeDirectory(t);
  assert.deepEqual(
    listLibraryDirectories(empty),
    usual.map((path) => join(empty, path)),
  );
});
