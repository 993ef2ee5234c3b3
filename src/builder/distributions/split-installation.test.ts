import assert from "node:assert/strict";
import { chmodSync, mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { test } from "node:test";
import { makeDirectory } from "../../testing/small-artifact.ts";
import { splitInstallation } from "./split-installation.ts";

const SITE = "lib/python3.11/site-packages";
const INFO = `${SITE}/Odd_Name-1.0.dist-info`;
const PYTHON = "/opt/some python/bin/python3.11";

const INSTALLED: Readonly<Record<string, string>> = {
  ".lock": "",
  [`${SITE}/odd/__init__.py`]: "",
  [`${SITE}/odd/unlisted.py`]: "x = 1\n",
  [`${SITE}/odd/sourceless.pyc`]: "1",
  [`${SITE}/odd/__pycache__/a.cpython-311.pyc`]: "1",
  [`${SITE}/ns/__init__.py`]: "__path__ = __import__('pkgutil').extend_path(__path__, __name__)\n",
  [`lib64/python3.11/site-packages/odd/native.so`]: "not elf",
  [`${INFO}/METADATA`]: "Metadata-Version: 2.1\nName: Odd_Name\nVersion: 1.0\n\nName: no\n",
  [`${INFO}/RECORD`]: "odd/__init__.py,,\nodd/missing.py,sha256=x,3\n",
  [`${INFO}/INSTALLER`]: "uv",
  [`${INFO}/REQUESTED`]: "",
  [`${INFO}/direct_url.json`]: '{"url": "https://user:s3cret@index.example/x.whl"}',
  [`${INFO}/uv_cache.json`]: "{}",
  [`${INFO}/entry_points.txt`]: "[console_scripts]\nmade = odd:main\n[odd.plugins]\nx = odd\n",
  "bin/made": `#!${PYTHON}\nimport odd\n`,
  "bin/rewritten": `#!${PYTHON}\nprint(1)\n`,
  "bin/polyglot": `#!/bin/sh\n'''exec' '${PYTHON}' "$0" "$@"\n' '''\nprint(2)\n`,
  "bin/own": "#!/usr/bin/env python3\n",
  "bin/binary": "\x7fELF",
  "include/site/python3.11/odd/odd.h": "h",
  "share/odd, too/x": "d",
};

test("takes an installation apart into what its wheel had", async (t) => {
  const prefix = await makeDirectory(t);
  for (const [path, text] of Object.entries(INSTALLED)) {
    mkdirSync(dirname(join(prefix, path)), { recursive: true });
    writeFileSync(join(prefix, path), text);
    chmodSync(join(prefix, path), path.startsWith("bin/") ? 0o744 : 0o640);
  }
  const split = await splitInstallation(prefix, [PYTHON]);
  assert.deepEqual([split.name, split.version, split.scripts], ["Odd_Name", "1.0", { made: "odd:main" }]);
  const text = (path: string) => {
    const entry = split.entries.find((one) => one.path === path);
    if (entry?.kind !== "file" || !("bytes" in entry.content)) return undefined;
    return Buffer.from(entry.content.bytes).toString();
  };
  assert.deepEqual(
    split.entries.map((entry) => `${entry.path}${entry.kind === "file" && entry.isExecutable ? " *" : ""}`),
    [
      "data/share/odd, too/x",
      "headers/odd/odd.h",
      "scripts/binary *",
      "scripts/own *",
      "scripts/polyglot *",
      "scripts/rewritten *",
      "site-packages/Odd_Name-1.0.dist-info/INSTALLER",
      "site-packages/Odd_Name-1.0.dist-info/METADATA",
      "site-packages/Odd_Name-1.0.dist-info/RECORD",
      "site-packages/Odd_Name-1.0.dist-info/entry_points.txt",
      "site-packages/ns/__init__.py",
      "site-packages/odd/__init__.py",
      "site-packages/odd/native.so",
      "site-packages/odd/sourceless.pyc",
      "site-packages/odd/unlisted.py",
    ],
  );
  assert.equal(text("scripts/rewritten"), "#!python\nprint(1)\n");
  assert.equal(text("scripts/polyglot"), "#!python\nprint(2)\n");
  assert.equal(split.digests["site-packages/ns/__init__.py"], "namespace");
  const record = text("site-packages/Odd_Name-1.0.dist-info/RECORD") ?? "";
  assert.match(record, /^"\.\.\/\.\.\/\.\.\/share\/odd, too\/x",sha256=[\w-]{43},1$/m);
  assert.match(record, /^\.\.\/\.\.\/\.\.\/bin\/rewritten,,$/m);
  assert.match(record, /^\.\.\/\.\.\/\.\.\/include\/odd\/odd\.h,sha256=[\w-]{43},1$/m);
  assert.match(record, /^Odd_Name-1\.0\.dist-info\/RECORD,,$/m);
  assert.doesNotMatch(record, /missing|made|direct_url/);
});
