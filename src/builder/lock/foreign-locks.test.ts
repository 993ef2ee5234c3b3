import assert from "node:assert/strict";
import { test } from "node:test";
import { parsePoetryLock } from "./poetry-lock.ts";
import { parsePylock } from "./pylock.ts";

const A = "a".repeat(64);
const B = "b".repeat(64);
const ENVIRONMENT = { sys_platform: "linux", python_version: "3.11" };

const NEW_POETRY = `
[[package]]
name = "Flask"
version = "3.1.3"
optional = false
groups = ["main", "dev"]
files = [{file = "flask.whl", hash = "sha256:${B}"}, {file = "flask.tar.gz", hash = "sha256:${A}"}]

[[package]]
name = "colorama"
version = "0.4"
optional = false
groups = ["main", "dev"]
markers = {main = "sys_platform == 'win32'", dev = "os_name == 'nt'"}
files = [{file = "c.whl", hash = "sha256:${A}"}]

[[package]]
name = "pytest"
version = "8"
optional = false
groups = ["dev"]
files = [{file = "p.whl", hash = "sha256:${A}"}]

[[package]]
name = "extra"
version = "1"
optional = true
groups = ["main"]
files = []

[metadata]
lock-version = "2.1"
`;

const OLD_POETRY = `
[[package]]
name = "flask"
version = "2.0"
optional = false
[package.dependencies]
Jinja2 = ">=3"
colorama = {version = "*", markers = "sys_platform == 'win32'"}
dotenv = {version = "*", optional = true}

[[package]]
name = "jinja2"
version = "3.0"
[[package]]
name = "colorama"
version = "0.4"
[[package]]
name = "dotenv"
version = "1"
[[package]]
name = "pytest"
version = "7"

[metadata]
lock-version = "1.1"
[metadata.files]
flask = [{file = "f.whl", hash = "sha256:${A}"}]
jinja2 = [{file = "j.whl", hash = "sha256:${B}"}]
`;

test("of a new poetry.lock the main group is taken", () => {
  assert.deepEqual(parsePoetryLock(NEW_POETRY, "poetry.lock", { roots: [], environment: ENVIRONMENT }), [
    { name: "flask", version: "3.1.3", hashes: [`sha256:${A}`, `sha256:${B}`] },
    { name: "colorama", version: "0.4", hashes: [`sha256:${A}`], marker: "sys_platform == 'win32'" },
  ]);
});

test("in an old poetry.lock the dependencies are followed", () => {
  const roots = ["Flask>=2", "pytest ; sys_platform == 'win32'"];
  assert.deepEqual(parsePoetryLock(OLD_POETRY, "poetry.lock", { roots, environment: ENVIRONMENT }), [
    { name: "flask", version: "2.0", hashes: [`sha256:${A}`] },
    { name: "jinja2", version: "3.0", hashes: [`sha256:${B}`] },
  ]);
});

const PYLOCK = `
lock-version = "1.0"
[[packages]]
name = "Click"
version = "8.1.8"
marker = "python_version >= '3.9'"
sdist = {name = "click.tar.gz", hashes = {sha256 = "${B}"}}
wheels = [{name = "click.whl", hashes = {sha256 = "${A}", sha512 = "x"}}]
`;

test("reads a pylock.toml", () => {
  assert.deepEqual(parsePylock(PYLOCK, "pylock.toml"), [
    {
      name: "click",
      version: "8.1.8",
      hashes: [`sha256:${A}`, `sha256:${B}`],
      marker: "python_version >= '3.9'",
    },
  ]);
});

const REFUSED: [text: string, parse: "poetry" | "pylock", message: RegExp][] = [
  ["", "pylock", /^cannot use x\.lock: it is not a pylock\.toml \(/],
  ["[", "poetry", /^cannot use x\.lock: it is not a poetry\.lock \(/],
  [
    'lock-version = "2.0"',
    "pylock",
    /^cannot use x\.lock: its lock-version is 2\.0, this holdall knows 1\.0$/,
  ],
  [
    'lock-version = "1.0"\n[[packages]]\nname = "a"\nversion = "1"\nvcs = {type = "git"}',
    "pylock",
    /^cannot use x\.lock: a comes from a directory or an address, not from an index$/,
  ],
  [
    PYLOCK.replaceAll(/sha256 = "\w+"/g, 'md5 = "0"'),
    "pylock",
    /^cannot use x\.lock: Click has no sha256 hash$/,
  ],
  [
    NEW_POETRY.replace('name = "Flask"', 'name = "Flask"\nsource = {type = "git", url = "https://x"}'),
    "poetry",
    /^cannot use x\.lock: Flask comes from a directory or an address, not from an index$/,
  ],
  [
    OLD_POETRY.replace("== 'win32'", "=="),
    "poetry",
    /^cannot use x\.lock: the marker sys_platform == ends too early$/,
  ],
  [
    OLD_POETRY.replace("sys_platform", "constructor"),
    "poetry",
    /^cannot use x\.lock: constructor is no variable of a marker$/,
  ],
  [
    `[[package]]\nname = "constructor"\nversion = "1"\ngroups = ["main"]\n[metadata]\nlock-version = "2.1"`,
    "poetry",
    /^cannot use x\.lock: constructor has no sha256 hash$/,
  ],
  [
    PYLOCK.replace("8.1.8", "8.x"),
    "pylock",
    /^cannot use x\.lock: click has "8\.x", which is not a version$/,
  ],
  [
    PYLOCK.replace("8.1.8", "8.1\\n--index-url https://example.org"),
    "pylock",
    /^cannot use x\.lock: click has "8\.1\\n--index-url https:\/\/example\.org", which is not a version$/,
  ],
  [
    PYLOCK.replace('"Click"', '"click @ https://example.org/x.whl"'),
    "pylock",
    /^cannot use x\.lock: "click @ https:\/\/example-org\/x-whl" is not the name of a distribution$/,
  ],
  [PYLOCK.replace(A, "a"), "pylock", /^cannot use x\.lock: click has "sha256:a", which is not a hash$/],
];

for (const [text, kind, message] of REFUSED) {
  test(`refuses the ${kind} lock ${JSON.stringify(text.slice(0, 40))}`, () => {
    const parse = () =>
      kind === "pylock"
        ? parsePylock(text, "x.lock")
        : parsePoetryLock(text, "x.lock", { roots: ["flask"], environment: ENVIRONMENT });
    assert.throws(parse, { code: "lock_invalid", message });
  });
}
