import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { type TestContext, test } from "node:test";
import { type ProcessResult, runProcess } from "../system/run-process.ts";
import {
  type ArtifactOptions,
  type ArtifactToStart,
  makeArtifactToStart,
  PYTHON,
  start,
} from "../testing/artifact-to-start.ts";
import { fileEntry } from "../testing/small-artifact.ts";

// The module that foreign servers import, without one; src/foreign-servers.test.ts has the servers.

const OBJECTS = {
  app: { interface: "wsgi", module: "shop", attribute: "facts.__name__.upper", isFactory: true },
} as const;

/** The statements of a server that has the file on its import path, in a data directory. */
function importInto(
  artifact: ArtifactToStart,
  code: string,
  { path = artifact.path, env = {} }: { path?: string; env?: Readonly<Record<string, string>> } = {},
): Promise<ProcessResult> {
  const argv = [PYTHON.path, "-c", `import sys; sys.path.insert(1, ${JSON.stringify(path)})\n${code}`];
  return runProcess(argv, { cwd: artifact.data, env: { ...artifact.env, ...env } });
}

async function facts(artifact: ArtifactToStart, code: string, options?: Parameters<typeof importInto>[2]) {
  const { status, stdout, stderr } = await importInto(artifact, code, options);
  assert.deepEqual([status, stderr], [0, ""]);
  return JSON.parse(stdout);
}

const makeArtifact = (t: TestContext, options: ArtifactOptions = {}) =>
  makeArtifactToStart(t, { ...options, plan: { objects: OBJECTS } });

test("the import path is that of the release, then the server's own, without the working directory", async (t) => {
  const distribution = [
    fileEntry("site-packages/plugin.pth", "import sys; sys.plugged = list(sys.path)\n"),
    fileEntry("site-packages/zebra.pth", "stripes\n"),
    fileEntry("site-packages/stripes/zebra.py", "colour = 'black and white'\n"),
  ];
  const artifact = await makeArtifact(t, { distribution });
  await writeFile(join(artifact.data, "cart.py"), "raise SystemExit('planted')\n");
  const code = `
import json, os
standard = os.path.dirname(os.__file__)
import holdall_app, cart, zebra, multiprocessing.spawn
print(json.dumps({
    "app": holdall_app.app, "path": sys.path, "prefix": sys.prefix, "cart": cart.__file__, "plugged": sys.plugged,
    "PATH": os.environ["PATH"], "child": os.fsdecode(multiprocessing.spawn.get_executable()), "standard": standard,
}))`;
  const found = await facts(artifact, code);
  assert.equal(found.app, "FACTS");
  const library = dirname(found.cart);
  assert.equal(library, `${found.prefix}/${library.slice(found.prefix.length + 1)}`);
  const own = [library, `${found.prefix}/app`, `${library}/stripes`];
  const at = found.path.indexOf(library);
  assert.deepEqual(found.path.slice(at, at + 3), own);
  assert.ok(found.path.indexOf(found.standard) < at);
  assert.ok(found.path.indexOf(artifact.path) > at);
  assert.ok(!found.path.includes("") && !found.path.includes(artifact.data));
  assert.ok(!found.plugged.includes(artifact.path), "its .pth files see what they see in a release");
  assert.equal(found.PATH.split(":")[0], `${found.prefix}/bin`);
  assert.equal(found.child, `${found.prefix}/bin/python`);

  const named = await facts(artifact, "import json, holdall_app; print(json.dumps(sys.path))", {
    env: { PYTHONPATH: artifact.data },
  });
  assert.ok(named.indexOf(artifact.data) > named.indexOf(library));
});

test("an open artifact serves as well, and stays as it is", async (t) => {
  const artifact = await makeArtifact(t);
  const open = join(dirname(artifact.path), "open");
  assert.equal((await start(artifact, ["--holdall", "unpack", open])).status, 0);
  for (const _ of ["cold", "warm"]) {
    assert.equal(
      await facts(artifact, "import json, holdall_app; print(json.dumps(holdall_app.app))", { path: open }),
      "FACTS",
    );
  }
  assert.equal((await start(artifact, ["--holdall", "verify"], { as: join(open, "prefix") })).stderr, "");
});

test("what cannot be loaded is shown with its traceback, also when servers would take it for a wrong name", async (t) => {
  const objects = { app: { ...OBJECTS.app, attribute: "main.missing", isFactory: false } };
  const artifact = await makeArtifactToStart(t, { plan: { objects } });
  const { status, stderr } = await importInto(artifact, "import holdall_app");
  assert.equal(status, 1);
  assert.match(stderr, /^Traceback [\s\S]*\nAttributeError: 'function' object has no attribute 'missing'\n/);
  assert.match(stderr, /NotLoaded: cannot load app \(shop:main\.missing\): AttributeError: /);
});

test("refusals are a sentence and a hint, with status 3: a damaged file, no cache, an old Python", async (t) => {
  const artifact = await makeArtifact(t);
  const old = "sys.version_info = (3, 7, 16, 'final', 0)\nimport holdall_app";
  const cases = [
    [old, {}, /^cannot start \S+shop\.holdall: it needs Python 3\.8 or newer, this is Python 3\.7\.16 \(/],
    [
      "import holdall_app",
      { HOLDALL_CACHE: "here" },
      /^cannot start shop 1\.0: HOLDALL_CACHE is here, not an absolute/,
    ],
  ] as const;
  for (const [code, env, reason] of cases) {
    const { status, stderr } = await importInto(artifact, code, { env });
    assert.match(stderr, reason);
    assert.deepEqual([status, stderr.split("\n").length], [3, 3]);
  }
  assert.equal(existsSync(artifact.cache), false);
});

test("what is no module, and what every environment has imported, is no clash", async (t) => {
  const distribution = [
    fileEntry("site-packages/_distutils_hack/__init__.py", "other = True\n"),
    fileEntry("site-packages/odd.py", ""),
  ];
  const artifact = await makeArtifact(t, { distribution });
  await writeFile(join(artifact.data, "_distutils_hack.py"), "");
  const code = `import json
class Odd:
    def __getattr__(self, name):
        raise RuntimeError(name)
sys.modules["odd"] = Odd()
sys.modules["cart"] = None
sys.modules.pop("_distutils_hack", None)
import _distutils_hack, holdall_app
print(json.dumps(holdall_app.app))`;
  assert.equal(await facts(artifact, code), "FACTS");
});

test("a module of the server's that the artifact has too: another file is a clash, a named one is allowed", async (t) => {
  const artifact = await makeArtifact(t);
  await writeFile(join(artifact.data, "shop.py"), "facts = None\n");
  const clash = await importInto(artifact, "import shop, holdall_app");
  assert.equal(clash.status, 3);
  assert.match(
    clash.stderr,
    /its server has already imported shop \(\S+\/shop\.py\) where the artifact brings shop \(\S+\/app\/shop\.py\)\nhint: Start it by itself, or set HOLDALL_ALLOW_CLASHES=shop to let/,
  );
  await writeFile(join(artifact.data, "shop.py"), "facts = type('server', (), {})\n");
  const code = "import json, shop, holdall_app; print(json.dumps(holdall_app.app))";
  assert.equal(await facts(artifact, code, { env: { HOLDALL_ALLOW_CLASHES: "other, Shop" } }), "SERVER");
});
