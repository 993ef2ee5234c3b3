import assert from "node:assert/strict";
import { chmodSync, mkdirSync, readdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import type { BuildOptions } from "./builder/build-artifact.ts";
import { runProcess } from "./system/run-process.ts";
import { PYTHON, start } from "./testing/artifact-to-start.ts";
import { type BuiltCase, openCasePlace } from "./testing/case-place.ts";
import { compareFinders } from "./testing/compare-finders.ts";
import { needRoot } from "./testing/needs.ts";
import { makeDirectory } from "./testing/small-artifact.ts";

/** What is found where two things have one name, or one thing has an odd one. `name` tells the files apart. */
const DISTRIBUTION = {
  "twice.py": "name = 'module'\n",
  "twice/__init__.py": "name = 'package'\n",
  "both_places.py": "name = 'distribution'\n",
  "json.py": "name = 'distribution'\n",
  "native.py": "name = 'source'\n",
  "native.so": "not loaded\n",
  "native_package/__init__.py": "name = 'source'\n",
  "native_package/__init__.abi3.so": "not loaded\n",
  "frozen.pyc": "bytecode without a source, of no Python\n",
  "beside.py": "name = 'source'\n",
  "beside.pyc": "bytecode beside its source\n",
  "hollow.py": "name = 'module'\n",
  "hollow/__init__.pyc": "bytecode of a package without a source\n",
  "broken.py": "name = \n",
  "torn.py": "name = 'module'\n",
  "torn/__init__.py": "name = \n",
  "a-dash.py": "name = 'dash'\n",
  "name.with.dots.py": "name = 'dots'\n",
  "été.py": "name = 'not ASCII'\n",
  "module_over_namespace.py": "name = 'module'\n",
  "module_over_namespace/inner.py": "name = 'never found'\n",
  "space/one.py": "name = 'one'\n",
  "space/inner/__init__.py": "from . import deep\n",
  "space/inner/deep.py": "name = 'deep'\n",
  "extended/__init__.py": "from pkgutil import extend_path\n__path__ = extend_path(__path__, __name__)\n",
  "extended/one.py": "name = 'one'\n",
  "moved/__init__.py": "import os\n__path__ = [os.path.join(__path__[0], 'elsewhere'), __path__[0]]\n",
  "moved/inner.py": "name = 'here'\n",
  "moved/elsewhere/inner.py": "name = 'elsewhere'\n",
};

const APPLICATION = {
  "holdall.yaml": "name: shop\nplatform: python\npip: [odd]\ncommands:\n  show:\n    function: show:main\n",
  "both_places.py": "name = 'application'\n",
  "space/two.py": "name = 'two'\n",
  "extended/__init__.py": "from pkgutil import extend_path\n__path__ = extend_path(__path__, __name__)\n",
  "extended/two.py": "name = 'two'\n",
  "show.py": `import importlib, json, sys

NAMES = ["twice", "both_places", "json", "beside", "a-dash", "été", "module_over_namespace", "space.one", "space.two",
         "space.inner", "extended.one", "extended.two", "moved.inner", "linked", "linked_package"]


def describe(module):
    path, spec = (getattr(module, key, None) for key in ("__path__", "__spec__"))
    facts = {key: getattr(module, key, None) for key in ("__name__", "__package__", "__file__", "__cached__")}
    name = getattr(module, "name", None) if (facts["__file__"] or "").startswith(sys.prefix) else None
    return {**facts, "path": path and list(path), "spec": spec and spec.origin, "name": name}


def main():
    for name in NAMES:
        importlib.import_module(name)
    print(json.dumps({name: describe(module) for name, module in sorted(sys.modules.items())
                      if name.partition(".")[0] not in ("holdall_table", "__main__")}))
`,
};

/** Prints what answers for the release's first directory on sys.path once something was looked for. */
const FINDER = `import importlib.util, sys
importlib.util.find_spec("nothing")
print(type(sys.path_importer_cache[next(each for each in sys.path if each.startswith(sys.prefix))]).__module__)`;
const TABLE = "holdall_table\n";
const PYTHONS_OWN = "_frozen_importlib_external\n";

async function buildOdd(t: TestContext, options?: Partial<BuildOptions>): Promise<BuiltCase> {
  const place = await openCasePlace(t, await makeDirectory(t));
  place.addWheel({ name: "odd", files: DISTRIBUTION });
  place.workshop.write(APPLICATION);
  symlinkSync("show.py", join(place.workshop.directory, "linked.py"));
  symlinkSync("extended", join(place.workshop.directory, "linked_package"));
  return place.build(options);
}

async function findRelease(artifact: BuiltCase): Promise<string> {
  return (await start(artifact, ["--holdall", "path"])).stdout.trim();
}

test("odd modules are found as Python itself finds them", async (t) => {
  const artifact = await buildOdd(t);
  const { names, known } = await compareFinders(artifact.path, artifact);
  assert.ok(names > 30 && known > 15, `${known} of ${names} are in the table`);

  const modules = await start(artifact, ["show"]);
  assert.equal(modules.status, 0, modules.stderr);
  assert.deepEqual(
    JSON.parse(modules.stdout),
    JSON.parse((await start(artifact, ["show"], { env: { HOLDALL_TABLE: "off" } })).stdout),
  );
  const found = Object.entries(JSON.parse(modules.stdout) as Record<string, { name: unknown }>);
  assert.deepEqual(
    Object.fromEntries(found.filter(([, { name }]) => name).map(([key, { name }]) => [key, name])),
    {
      ...{ "a-dash": "dash", beside: "source", both_places: "distribution", été: "not ASCII" },
      ...{ "extended.one": "one", "extended.two": "two", module_over_namespace: "module" },
      ...{ "moved.inner": "elsewhere", "space.inner.deep": "deep", "space.one": "one", "space.two": "two" },
      twice: "package",
    },
  );
});

test("the standard library of a Python inside never changes either", async (t) => {
  const artifact = await buildOdd(t, { withPython: true });
  const { known } = await compareFinders(artifact.path, artifact);
  assert.ok(known > 300, `${known} modules are in the table`);
});

test("Python's own finders answer where the table may not", async (t) => {
  const artifact = await buildOdd(t);
  const ways: [expected: string, words: readonly string[], env?: Record<string, string>][] = [
    [TABLE, []],
    [TABLE, ["-I"]],
    [TABLE, [], { PYTHONPATH: artifact.data }],
    [PYTHONS_OWN, [], { HOLDALL_TABLE: "off" }],
    [PYTHONS_OWN, ["-O"]],
    [PYTHONS_OWN, ["-v"]],
    [PYTHONS_OWN, ["--check-hash-based-pycs", "always"]],
  ];
  for (const [expected, options, env] of ways) {
    const { stdout } = await start(artifact, ["python", ...options, "-c", FINDER], { ...(env && { env }) });
    assert.equal(stdout, expected, `${options.join(" ")} ${JSON.stringify(env)}`);
  }
  const server = { ...artifact.env, PYTHONPATH: artifact.path };
  const code = `import holdall_app\n${FINDER}`;
  assert.equal(
    (await runProcess([PYTHON.path, "-c", code], { cwd: artifact.data, env: server })).stdout,
    PYTHONS_OWN,
  );
  const own = join(await makeDirectory(t), "own");
  assert.equal((await start(artifact, ["--holdall", "unpack", "--venv", own])).status, 0);
  assert.ok(!readdirSync(own).includes(".modules"));
  assert.equal(
    (await runProcess([join(own, "bin/python"), "-c", FINDER], { cwd: artifact.data, env: artifact.env }))
      .stdout,
    PYTHONS_OWN,
  );
});

test("what comes first on sys.path, and who has a finder of their own, is asked first", async (t) => {
  const artifact = await buildOdd(t);
  writeFileSync(join(artifact.data, "twice.py"), "name = 'first'\n");
  const beginning = `import sys, importlib.util, importlib.abc, importlib.machinery
importlib.util.find_spec("nothing")
`;
  const codes = [
    ["sys.path.insert(0, '.')\nimport twice\nprint(twice.name)", "first"],
    ["sys.path.append('.')\nimport twice\nprint(twice.name)", "package"],
    [
      `class Finder(importlib.abc.MetaPathFinder):
    def find_spec(self, name, path=None, target=None):
        return importlib.util.spec_from_file_location(name, "twice.py") if name == "moved.inner" else None
sys.meta_path.insert(0, Finder())
import moved.inner
print(moved.inner.name)`,
      "first",
    ],
    [
      `class Loader(importlib.machinery.SourceFileLoader):
    pass
sys.path_hooks.insert(0, importlib.machinery.FileFinder.path_hook((Loader, [".py"])))
import twice, extended.one
print(type(extended.one.__loader__).__name__)`,
      "Loader",
    ],
    ["sys.path_importer_cache.clear()\nimport twice\nprint(twice.name)", "package"],
    ["sys.pycache_prefix = '/nowhere'\nimport twice\nprint(twice.__cached__[:9])", "/nowhere/"],
  ] as const;
  for (const [code, expected] of codes) {
    const { stdout, stderr } = await start(artifact, ["python", "-c", beginning + code]);
    assert.equal(stdout, `${expected}\n`, code + stderr);
  }
});

test("files that a user of the release adds or takes away are noticed", async (t) => {
  if (!needRoot(t)) return;
  const artifact = await buildOdd(t);
  const release = await findRelease(artifact);
  const packages = join(release, `lib/python${PYTHON.version}/site-packages`);
  const run = (code: string) => start(artifact, ["python", "-c", code]);
  chmodSync(packages, 0o755);
  writeFileSync(join(packages, "added.py"), "name = 'added'\n");
  writeFileSync(join(packages, "zzz.pth"), `${artifact.data}\n`);
  mkdirSync(join(artifact.data, "editable"));
  writeFileSync(join(artifact.data, "editable/__init__.py"), "name = 'editable'\n");
  assert.equal(
    (await run("import added, editable; print(added.name, editable.name)")).stdout,
    "added editable\n",
  );
  rmSync(join(packages, "__pycache__"), { recursive: true });
  rmSync(join(packages, "twice/__pycache__"), { recursive: true });
  assert.equal((await run("import twice; print(twice.name)")).stdout, "package\n");
  chmodSync(release, 0o755);
  rmSync(join(release, ".modules"));
  assert.equal((await run(FINDER)).stdout, PYTHONS_OWN);
});
