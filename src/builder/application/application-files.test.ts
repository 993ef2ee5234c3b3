import assert from "node:assert/strict";
import { chmodSync, mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { test } from "node:test";
import { makeDirectory } from "../../testing/small-artifact.ts";
import { listApplicationFiles } from "./application-files.ts";

function write(root: string, files: Readonly<Record<string, string>>): void {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
}

const NOISE = {
  ".git/config": "",
  "__pycache__/shop.cpython-311.pyc": "",
  "old.pyc": "",
  ".env": "",
  ".env.local": "",
  "db.sqlite3": "",
  "venv/pyvenv.cfg": "",
  "venv/lib/x.py": "",
  "web/node_modules/a.js": "",
  "dist/shop.whl": "",
  "build/x": "",
  "shop.egg-info/PKG-INFO": "",
  ".mypy_cache/x": "",
  "shop-1.holdall": "",
  "holdall.yaml": "",
  "holdall.lock": "",
};

const CASES: { name: string; files: Record<string, string>; patterns: string[]; expected: string[] }[] = [
  {
    name: "all but what tools leave",
    files: { ...NOISE, "shop.py": "", "web/dist/app.js": "", "data/build/x": "" },
    patterns: [],
    expected: ["data/build/x", "shop.py", "web/dist/app.js"],
  },
  {
    name: "all but what .gitignore files name, the nearest first",
    files: {
      ".gitignore": "*.log\n/media/\nkeep.txt\n",
      "a.log": "",
      "sub/.gitignore": "!b.log\nnot.py\n",
      "sub/b.log": "",
      "sub/c.log": "",
      "sub/not.py": "",
      "not.py": "",
      "media/x": "",
      "sub/media/x": "",
    },
    patterns: [],
    expected: [".gitignore", "not.py", "sub/.gitignore", "sub/b.log", "sub/media/x"],
  },
  {
    name: "what `files` names, and nothing else",
    files: { ...NOISE, "shop.py": "", "shop/a.py": "", "shop/tests/t.py": "", "deep/static/x.css": "" },
    patterns: ["/shop/", "!tests/", "*.css", ".env"],
    expected: [".env", "deep/static/x.css", "shop/a.py"],
  },
];

for (const { name, files, patterns, expected } of CASES) {
  test(`takes ${name}`, async (t) => {
    const root = await makeDirectory(t);
    write(root, files);
    const paths = listApplicationFiles(root, patterns).map(({ path }) => path.replace(/^app\//, ""));
    assert.deepEqual(paths.sort(), expected);
  });
}

test("the rules of the repository around the application hold", async (t) => {
  const root = await makeDirectory(t);
  write(root, {
    ".git/HEAD": "",
    ".gitignore": "/site/secret.py\n*.tmp\n",
    "site/a.py": "",
    "site/secret.py": "",
    "site/b.tmp": "",
  });
  assert.deepEqual(
    listApplicationFiles(join(root, "site"), []).map(({ path }) => path),
    ["app/a.py"],
  );
});

test("links inside stay links, whatever they are written like", async (t) => {
  const root = await makeDirectory(t);
  write(root, { "a/one.py": "", "b/two.py": "" });
  symlinkSync("../b/two.py", join(root, "a/two.py"));
  symlinkSync(join(root, "b"), join(root, "a/absolute"));
  symlinkSync("missing", join(root, "a/dangling"));
  const links = listApplicationFiles(root, []).filter((entry) => entry.kind === "link");
  assert.deepEqual(links.map((entry) => [entry.path, entry.kind === "link" && entry.target]).sort(), [
    ["app/a/absolute", "../b"],
    ["app/a/dangling", "missing"],
    ["app/a/two.py", "../b/two.py"],
  ]);
});

for (const target of ["/etc/hostname", "../outside", "a/../../outside"]) {
  test(`refuses a link to ${target}`, async (t) => {
    const root = await makeDirectory(t);
    write(root, { "app/a/x": "", outside: "" });
    symlinkSync(target, join(root, "app/link"));
    assert.throws(() => listApplicationFiles(join(root, "app"), []), {
      code: "file_outside",
      message: `cannot pack link: it is a link to ${target}, outside of the application`,
    });
  });
}

test("a file is executable when its owner may execute it", async (t) => {
  const root = await makeDirectory(t);
  write(root, { "run.sh": "", "group.sh": "" });
  chmodSync(join(root, "run.sh"), 0o700);
  chmodSync(join(root, "group.sh"), 0o675);
  const modes = listApplicationFiles(root, []).map((entry) => [
    entry.path,
    entry.kind === "file" && entry.isExecutable,
  ]);
  assert.deepEqual(modes.sort(), [
    ["app/group.sh", false],
    ["app/run.sh", true],
  ]);
});
