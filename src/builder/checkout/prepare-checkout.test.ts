import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { findTestUv } from "../../testing/build-fixture.ts";
import { makeWheel, startPackageIndex } from "../../testing/package-index.ts";
import { makeDirectory } from "../../testing/small-artifact.ts";
import { prepareCheckout } from "./prepare-checkout.ts";

const CART = makeWheel({
  name: "cart",
  files: { "cart.py": "def main():\n    print('cart')\n" },
  entryPoints: "[console_scripts]\ncart = cart:main\n",
});
const NEWER = makeWheel({ name: "cart", version: "2.0", files: { "cart.py": "version = 2\n" } });
const CHECKS = makeWheel({
  name: "pytest",
  files: {
    "pytest/__init__.py": "",
    "pytest/__main__.py": "import cart, sys; print('tested', sys.argv[1:])\n",
  },
  requires: ["cart"],
});
const NEEDY = makeWheel({
  name: "needy",
  metadata: "Metadata-Version: 2.1\nName: needy\nVersion: 1.0\nRequires-Python: >=3.9\n",
});
const WAITRESS = makeWheel({ name: "waitress", version: "3.0", files: { "waitress.py": "" } });
const GUNICORN = makeWheel({
  name: "gunicorn",
  version: "23.0",
  files: {
    "gunicorn/__init__.py": "",
    "gunicorn/app/__init__.py": "",
    "gunicorn/app/wsgiapp.py": "def run(): pass\n",
  },
  entryPoints: "[console_scripts]\ngunicorn = gunicorn.app.wsgiapp:run\n",
});

/** In-tree backend (PEP 517) with what PEP 660 asks for: no other distribution is needed for it. */
const BACKEND = `import base64, hashlib, os, zipfile
def build_editable(wheel_directory, config_settings=None, metadata_directory=None):
    name = "shop-3.1-py3-none-any.whl"
    files = {
        "shop.pth": os.path.join(os.getcwd(), "src") + "\\n",
        "shop-3.1.dist-info/METADATA": "Metadata-Version: 2.1\\nName: shop\\nVersion: 3.1\\n",
        "shop-3.1.dist-info/WHEEL": "Wheel-Version: 1.0\\nGenerator: own\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n",
        "shop-3.1.dist-info/entry_points.txt": "[console_scripts]\\nshop = shop:main\\n",
    }
    record = "".join("%s,,\\n" % each for each in [*files, "shop-3.1.dist-info/RECORD"])
    with zipfile.ZipFile(os.path.join(wheel_directory, name), "w") as wheel:
        for path, text in {**files, "shop-3.1.dist-info/RECORD": record}.items():
            wheel.writestr(path, text)
    return name
build_wheel = build_editable
def build_sdist(directory, config_settings=None):
    raise NotImplementedError
`;

async function makeCheckout(
  t: TestContext,
  files: Readonly<Record<string, string>>,
  { name = "app" }: { readonly name?: string } = {},
) {
  const root = await makeDirectory(t);
  const index = await startPackageIndex(t, [CART, NEWER, CHECKS, NEEDY, WAITRESS, GUNICORN]);
  const directory = join(root, name);
  const write = (more: Readonly<Record<string, string>>) => {
    for (const [path, text] of Object.entries(more)) {
      mkdirSync(join(directory, path, ".."), { recursive: true });
      writeFileSync(join(directory, path), text);
    }
  };
  write(files);
  const env = {
    ...{
      ...process.env,
      HOME: root,
      UV_DEFAULT_INDEX: index.url,
      UV_NO_CONFIG: "1",
      UV_CACHE_DIR: join(root, "uv"),
    },
    UV_HTTP_RETRIES: "0",
  };
  const uv = await findTestUv();
  const environments = join(directory, ".holdall/python");
  const prepare = (more: { readonly forTests?: boolean } = {}) =>
    prepareCheckout({
      directory,
      environments: async () => environments,
      cacheDirectory: join(root, "cache"),
      env,
      uv,
      ...more,
    });
  return { directory, environments, write, prepare };
}

/** What Python says in an environment, with a planted module in its working directory. */
function ask(prefix: string, code: string, cwd?: string): string {
  return execFileSync(join(prefix, "bin/python"), ["-c", code], {
    encoding: "utf8",
    ...(cwd && { cwd }),
  }).trim();
}

const description = (pip: string) => `name: shop\nplatform: python\npip: ${pip}\n`;

test("the environment is in step with the lock: made once, and anew when the lock changes", async (t) => {
  const { environments, write, prepare } = await makeCheckout(t, { "holdall.yaml": description("cart<2") });
  const first = await prepare();
  assert.equal(ask(first.prefix, "import importlib.metadata as m; print(m.version('cart'))"), "1.0");
  const again = await prepare();
  assert.deepEqual([first.isNew, again.isNew, again.prefix], [true, false, first.prefix]);
  write({ "holdall.yaml": description("cart>=2") });
  const next = await prepare();
  assert.equal(next.isNew, true);
  assert.equal(ask(next.prefix, "import cart; print(cart.version)"), "2");
  assert.deepEqual(
    readdirSync(environments).length,
    2,
    "its directory and its record; the former one has gone",
  );
  assert.equal(existsSync(first.prefix), false);
});

test("an environment that is half made, or has lost its files, is made anew", async (t) => {
  const { prepare } = await makeCheckout(t, { "holdall.yaml": description("cart") });
  const first = await prepare();
  renameSync(first.prefix, `${first.prefix}.gone`);
  const again = await prepare();
  assert.equal(again.isNew, true);
  assert.equal(ask(again.prefix, "import cart; print(1)"), "1");
});

test("two at once each get an environment that is whole", async (t) => {
  const { prepare } = await makeCheckout(t, { "holdall.yaml": description("cart") });
  const both = await Promise.all([prepare(), prepare()]);
  for (const { prefix } of both) assert.equal(ask(prefix, "import cart; print(1)"), "1");
  const later = await prepare();
  assert.equal(later.isNew, false);
  assert.equal(ask(later.prefix, "import cart; print(1)"), "1");
});

test("an application that is a distribution is installed from where it is, with its scripts", async (t) => {
  const { directory, write, prepare } = await makeCheckout(t, {
    "pyproject.toml":
      '[build-system]\nrequires = []\nbuild-backend = "backend"\nbackend-path = ["."]\n[project]\nname = "shop"\nversion = "3.1"\ndependencies = ["cart<2"]\n[project.scripts]\nshop = "shop:main"\n',
    "backend.py": BACKEND,
    "src/shop/__init__.py": "def main():\n    print('one')\n",
  });
  const { prefix, version, plan } = await prepare();
  assert.equal(version, "3.1");
  assert.ok(Object.hasOwn(plan.commands, "shop"), Object.keys(plan.commands).join());
  assert.equal(execFileSync(join(prefix, "bin/shop"), { encoding: "utf8" }), "one\n");
  write({ "src/shop/__init__.py": "def main():\n    print('another')\n" });
  assert.equal((await prepare()).isNew, false);
  assert.equal(execFileSync(join(prefix, "bin/shop"), { encoding: "utf8" }), "another\n");
  assert.equal(ask(prefix, "import shop; print(shop.__file__)"), join(directory, "src/shop/__init__.py"));
});

test("an application whose backend makes wheels only runs from its checkout, too", async (t) => {
  const legacy = BACKEND.replace("def build_editable", "def build_wheel")
    .replace("build_wheel = build_editable\n", "")
    .replace(
      /"shop\.pth": .*\n/,
      '"shop/__init__.py": open("src/shop/__init__.py").read(), "made.py": "",\n',
    );
  const { directory, write, prepare } = await makeCheckout(t, {
    "pyproject.toml":
      '[build-system]\nrequires = []\nbuild-backend = "backend"\nbackend-path = ["."]\n[project]\nname = "shop"\nversion = "3.1"\ndependencies = ["cart<2"]\n',
    "backend.py": legacy,
    "src/shop/__init__.py": "def main():\n    print('one')\n",
  });
  const { prefix, plan } = await prepare();
  assert.ok(Object.hasOwn(plan.commands, "shop"), Object.keys(plan.commands).join());
  write({ "src/shop/__init__.py": "import made\n\ndef main():\n    print('two')\n" });
  assert.equal((await prepare()).isNew, false);
  assert.equal(execFileSync(join(prefix, "bin/shop"), { encoding: "utf8" }), "two\n");
  assert.equal(ask(prefix, "import shop; print(shop.__file__)"), join(directory, "src/shop/__init__.py"));
});

test("scripts start from a path with a space, and gunicorn is the one that keeps data off the import path", async (t) => {
  const { directory, prepare } = await makeCheckout(
    t,
    {
      "holdall.yaml": `${description("[cart<2, gunicorn]")}commands: { count: { function: shop:count } }\n`,
      "shop.py": "def count():\n    print('counted')\n",
    },
    { name: "my app" },
  );
  const { prefix, plan } = await prepare();
  assert.ok(prefix.includes(" "));
  assert.deepEqual(plan.scripts, { count: "shop:count" });
  assert.equal(execFileSync(join(prefix, "bin/count"), { encoding: "utf8" }), "counted\n");
  assert.equal(execFileSync(join(prefix, "bin/cart"), { encoding: "utf8" }), "cart\n");

  assert.match(readFileSync(join(prefix, "bin/gunicorn"), "utf8"), /from holdall_gunicorn import main/);
  const data = join(directory, ".holdall");
  writeFileSync(join(data, "cart.py"), "raise SystemExit('planted')\n");
  assert.equal(ask(prefix, "import cart; print('clean')", data), "clean");
});

test("what only the tests need is in an environment of theirs, and changes nothing else", async (t) => {
  const { directory, write, prepare } = await makeCheckout(t, {
    "holdall.yaml":
      "name: shop\nplatform: wsgi\npip: cart<2\napp: shop:app\ntest_pip: [pytest, waitress, cart]\n",
    "tests/test_shop.py": "",
  });
  const plain = await prepare();
  assert.equal(plain.plan.commands["unit_test"], undefined);
  assert.equal(existsSync(join(directory, "holdall-test.lock")), false);

  const { prefix, plan } = await prepare({ forTests: true });
  assert.equal(
    ask(prefix, "import importlib.metadata as m; print(m.version('cart'))"),
    "1.0",
    "as the lock says",
  );
  assert.deepEqual(plan.processes, plain.plan.processes, "served by gunicorn, whatever the tests bring");
  const tests = plan.commands["unit_test"];
  assert.deepEqual(tests?.kind === "argv" ? tests.argv.slice(0, 3) : [], ["python", "-m", "pytest"]);
  assert.match(ask(prefix, "import runpy; runpy.run_module('pytest', run_name='__main__')"), /^tested/);

  const lock = readFileSync(join(directory, "holdall-test.lock"), "utf8");
  assert.match(lock, /^# holdall-test\.lock 1: /);
  assert.match(lock, /^cart==1\.0 /m);
  assert.equal((await prepare({ forTests: true })).isNew, false);
  assert.equal((await prepare()).prefix, plain.prefix);
  write({ "holdall-test.lock": lock.replace("pytest==1.0", "pytest==7.0") });
  await assert.rejects(prepare({ forTests: true }), { code: "resolve_failed" }, "a lock is a lock");
});

test("what no longer supports the oldest Python that the description allows is locked for that of the target", async (t) => {
  const { directory, prepare } = await makeCheckout(t, {
    "holdall.yaml": `${description("needy")}python: ">=3.8"\n`,
  });
  const first = await prepare();
  const lock = readFileSync(join(directory, "holdall.lock"), "utf8");
  assert.match(lock, /^needy==1\.0 /m);
  const again = await prepare();
  assert.deepEqual([again.isNew, again.prefix], [false, first.prefix]);
  assert.equal(readFileSync(join(directory, "holdall.lock"), "utf8"), lock);
});
