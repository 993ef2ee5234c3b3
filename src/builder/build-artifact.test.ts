import assert from "node:assert/strict";
import { readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { test } from "node:test";
import { openArtifact } from "../artifact/open-artifact.ts";
import { makeWorkshop, type Workshop } from "../testing/build-fixture.ts";
import { makeWheel, startPackageIndex, type Wheel } from "../testing/package-index.ts";

const APP = "def app(environ, start_response):\n    return []\n";
const CART = makeWheel({
  name: "cart",
  files: { "cart/__init__.py": "items = []\n" },
  requires: ["basket>=1"],
});
const BASKET = makeWheel({ name: "basket", version: "1.5", files: { "basket.py": "size = 3\n" } });
/** What planned servers come from, so that an index of the test has it. */
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

function shop(pip = "cart"): Record<string, string> {
  return { "holdall.yaml": `name: shop\nplatform: wsgi\napp: shop:app\npip: ${pip}\n`, "shop.py": APP };
}

function pinsOf(...wheels: readonly Wheel[]): string {
  return wheels.map(({ name, version, sha256 }) => `${name}==${version} --hash=sha256:${sha256}\n`).join("");
}

function texts(directory: string): string {
  return readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => readFileSync(join(entry.parentPath, entry.name), "latin1"))
    .join("\n");
}

test("an application becomes an artifact, with a lock beside it", async (t) => {
  const index = await startPackageIndex(t, [CART, BASKET, GUNICORN]);
  const workshop = await makeWorkshop(t, shop(), index.url);
  const built = await workshop.build();
  assert.match(built.path, /\/out\/shop-0-cp3\d+-any\.holdall$/);
  assert.deepEqual(built.lock, { paths: ["holdall.lock"], written: true });
  assert.deepEqual(built.layers, { made: 8, reused: 0 });
  const lock = readFileSync(join(workshop.directory, "holdall.lock"), "utf8");
  assert.match(
    lock,
    /^# holdall\.lock 1: .*\n# inputs: sha256:[0-9a-f]{64}\n# added: gunicorn\nbasket==1\.5 \\\n/,
  );
  assert.doesNotMatch(lock, /127\.0\.0\.1/);
  const { manifest } = await openArtifact(built.path);
  const names = Object.values(manifest.layers).map(({ kind, name, version }) => `${kind} ${name} ${version}`);
  assert.deepEqual(names.sort(), [
    "application shop 0",
    "bytecode basket 1.5",
    "bytecode cart 1.0",
    "bytecode gunicorn 23.0",
    "bytecode shop 0",
    "distribution basket 1.5",
    "distribution cart 1.0",
    "distribution gunicorn 23.0",
  ]);
  assert.deepEqual(workshop.leftovers(), [
    "shop-0-cp311-any.holdall".replace("cp311", built.targets[0]?.python.abi ?? ""),
  ]);
});

test("a build without changes needs neither uv nor an index, and gives the same bytes", async (t) => {
  const index = await startPackageIndex(t, [CART, BASKET, GUNICORN]);
  const workshop = await makeWorkshop(t, shop(), index.url);
  const first = await workshop.build();
  const before = readFileSync(first.path);
  const [asked, told] = [index.requests.length, workshop.events.length];
  const second = await workshop.build({ uv: "/nowhere/uv" });
  assert.deepEqual(second.layers, { made: 0, reused: 8 });
  assert.ok(readFileSync(second.path).equals(before));
  assert.equal(index.requests.length, asked);
  const steps = workshop.events.slice(told).map((event) => ("step" in event ? event.step : event.kind));
  assert.deepEqual([...new Set(steps)], ["write-artifact"]);
});

test("a changed line makes the application's layer and its bytecode anew", async (t) => {
  const index = await startPackageIndex(t, [CART, BASKET, GUNICORN]);
  const workshop = await makeWorkshop(t, shop(), index.url);
  await workshop.build();
  workshop.write({ "shop.py": `${APP}# more\n` });
  assert.deepEqual((await workshop.build({ uv: "/nowhere/uv" })).layers, { made: 2, reused: 6 });
});

test("a module of the application that is hidden by another is told of at each build, and no other is", async (t) => {
  const index = await startPackageIndex(t, [BASKET, GUNICORN]);
  const hidden = { "basket.py": "", "http.py": "", "views.py": "" };
  const workshop = await makeWorkshop(t, { ...shop("basket"), ...hidden }, index.url);
  for (const _ of ["first", "next"]) {
    const told = workshop.events.length;
    await workshop.build();
    const warnings = workshop.events.slice(told).flatMap((event) => {
      return event.kind === "warning" ? [event.message] : [];
    });
    assert.deepEqual(warnings.sort(), [
      "basket.py of the application is hidden by the module basket of basket, which is before it on the import path",
      "http.py of the application is hidden by the module http of the standard library, which is before it on the import path",
    ]);
  }
});

test("static files are in the artifact of a distribution, too; where there are none, that is told", async (t) => {
  const project = '[project]\nname = "shop"\nversion = "1"\n';
  const build = '[build-system]\nrequires = []\nbuild-backend = "backend"\nbackend-path = ["."]\n';
  const backend = `import zipfile
def build_wheel(directory, config_settings=None, metadata_directory=None):
    files = {"shop.py": "", "shop-1.dist-info/METADATA": "Metadata-Version: 2.1\\nName: shop\\nVersion: 1\\n",
        "shop-1.dist-info/WHEEL": "Wheel-Version: 1.0\\nGenerator: own\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n"}
    files["shop-1.dist-info/RECORD"] = "".join("%s,,\\n" % each for each in [*files, "shop-1.dist-info/RECORD"])
    with zipfile.ZipFile(directory + "/shop-1-py3-none-any.whl", "w") as wheel:
        for path, text in files.items():
            wheel.writestr(path, text)
    return "shop-1-py3-none-any.whl"
`;
  const index = await startPackageIndex(t, [BASKET]);
  const files = {
    ...{ "pyproject.toml": build + project, "backend.py": backend, "public/a.css": "body {}" },
    "holdall.yaml": "static: { /static: public, /assets: publik }\n",
  };
  const workshop = await makeWorkshop(t, files, index.url);
  const { manifest } = await openArtifact((await workshop.build()).path);
  const kinds = Object.values(manifest.layers).map(({ kind }) => kind);
  assert.ok(kinds.includes("application"), kinds.join());
  const warnings = workshop.events.flatMap((event) => (event.kind === "warning" ? [event.message] : []));
  assert.deepEqual(warnings, ["nothing can be served below /assets: the application has no files in publik"]);
});

test("a second application takes the layers that both have from the cache", async (t) => {
  const index = await startPackageIndex(t, [CART, BASKET, GUNICORN]);
  const workshop = await makeWorkshop(t, shop(), index.url);
  await workshop.build();
  const other = await makeWorkshop(t, { ...shop("basket"), "shop.py": `${APP}# other\n` }, index.url);
  assert.deepEqual((await other.build({ cacheDirectory: workshop.cache })).layers, { made: 2, reused: 4 });
});

test("a layer of the cache that was cut short is made again", async (t) => {
  const index = await startPackageIndex(t, [CART, BASKET, GUNICORN]);
  const workshop = await makeWorkshop(t, shop(), index.url);
  const first = readFileSync((await workshop.build()).path);
  const layers = join(workshop.cache, "layers");
  for (const name of readdirSync(layers)) {
    if (name.endsWith(".gz")) writeFileSync(join(layers, name), "");
    else rmSync(join(layers, name));
  }
  const again = await workshop.build();
  assert.equal(again.layers.made, 8);
  assert.ok(readFileSync(again.path).equals(first));
});

test("a lock that still fits keeps its versions when a requirement is added", async (t) => {
  const newer = makeWheel({ name: "basket", version: "2.0", files: { "basket.py": "size = 4\n" } });
  const extra = makeWheel({ name: "extra", files: { "extra.py": "" } });
  const old = await startPackageIndex(t, [CART, BASKET, GUNICORN]);
  const workshop = await makeWorkshop(t, shop(), old.url);
  await workshop.build();
  const index = await startPackageIndex(t, [CART, BASKET, newer, extra, GUNICORN]);
  workshop.write({ "holdall.yaml": shop("[cart, extra]")["holdall.yaml"] ?? "" });
  await workshop.build({
    env: { ...process.env, UV_DEFAULT_INDEX: index.url, UV_CACHE_DIR: join(workshop.home, "uv") },
  });
  const lock = readFileSync(join(workshop.directory, "holdall.lock"), "utf8");
  assert.deepEqual(lock.match(/^\w+==\S+/gm), ["basket==1.5", "cart==1.0", "extra==1.0", "gunicorn==23.0"]);
});

test("the application's own lock is honoured; holdall.lock holds what it lacks", async (t) => {
  const newer = makeWheel({ name: "basket", version: "2.0", files: { "basket.py": "size = 4\n" } });
  const index = await startPackageIndex(t, [CART, BASKET, newer, GUNICORN]);
  const files = { ...shop("requirements.txt"), "requirements.txt": pinsOf(CART, BASKET) };
  const workshop = await makeWorkshop(t, files, index.url);
  const { lock, path } = await workshop.build();
  assert.deepEqual(lock, { paths: ["requirements.txt", "holdall.lock"], written: true });
  const { manifest } = await openArtifact(path);
  const found = Object.values(manifest.layers).find(
    ({ kind, name }) => kind === "distribution" && name === "basket",
  );
  assert.equal(found?.version, "1.5");
  assert.doesNotMatch(readFileSync(join(workshop.directory, "holdall.lock"), "utf8"), /basket/);
  assert.equal((await workshop.build({ uv: "/nowhere/uv" })).lock.written, false);
});

test("odd wheels are taken as pip takes them", async (t) => {
  const odd = makeWheel({
    name: "Odd.Name",
    files: {
      "odd.py": "x = 1\n",
      "unlisted.py": "",
      "Odd.Name-1.0.data/scripts/odd": "#!python\nprint(1)\n",
      "Odd.Name-1.0.data/data/etc/odd.conf": "a=1\n",
      "Odd.Name-1.0.data/headers/odd.h": "int odd;\n",
    },
    record: "odd.py,,\nmissing.py,,\nOdd.Name-1.0.dist-info/RECORD,,\n",
    mode: 0,
  });
  const index = await startPackageIndex(t, [odd, GUNICORN]);
  const workshop = await makeWorkshop(t, shop("odd-name"), index.url);
  await workshop.build();
  const layers = join(workshop.cache, "layers");
  const listed = readdirSync(layers).filter((name) => name.endsWith(".files.json"));
  const paths = listed.flatMap((name) => Object.keys(JSON.parse(readFileSync(join(layers, name), "utf8"))));
  const own = paths.filter((path) => !/gunicorn|dist-info/.test(path));
  assert.deepEqual(own.sort(), [
    "data/etc/odd.conf",
    "headers/odd-name/odd.h",
    "scripts/odd",
    "site-packages/odd.py",
    "site-packages/unlisted.py",
  ]);
});

test("credentials of an index are in no file, event or error", async (t) => {
  const password = "s3cret-of-the-index";
  const index = await startPackageIndex(t, [CART, BASKET, GUNICORN], { user: "builder", password });
  const workshop = await makeWorkshop(t, shop(), index.url);
  await workshop.build();
  const host = new URL(index.url).host;
  for (const directory of [workshop.directory, workshop.output, workshop.cache]) {
    assert.ok(!texts(directory).includes(password), directory);
    assert.ok(!texts(directory).includes(host), directory);
  }
  assert.ok(!JSON.stringify(workshop.events).includes(password));

  const wrong = index.url.replace(password, "another-s3cret");
  const refused = await makeWorkshop(t, shop(), wrong);
  await assert.rejects(refused.build(), (error: unknown) => {
    assert.equal(Reflect.get(Object(error), "code"), "index_unreachable");
    const shown = JSON.stringify([
      error,
      refused.events,
      Reflect.get(Object(error), "excerpt"),
      String(error),
    ]);
    assert.ok(!shown.includes("another-s3cret"), shown);
    return true;
  });
});

interface Refused {
  readonly name: string;
  readonly wheels: readonly Wheel[];
  readonly files: Readonly<Record<string, string>>;
  readonly code: string;
  readonly message: RegExp;
  readonly prepare?: (workshop: Workshop) => void;
}

const CHANGED = makeWheel({ name: "basket", version: "1.5", files: { "basket.py": "size = 5\n" } });
const WINDOWS = makeWheel({ name: "wingdings", tag: "cp311-cp311-win_amd64", files: { "wingdings.py": "" } });
const TWIN = makeWheel({ name: "twin", files: { "basket.py": "size = 9\n" } });

const REFUSED: readonly Refused[] = [
  {
    name: "a file on the index that is not the locked one",
    wheels: [CHANGED, GUNICORN],
    files: { ...shop("requirements.txt"), "requirements.txt": pinsOf(BASKET) },
    code: "hash_mismatch",
    message: /^cannot install .*: the file of basket==1\.5 on the index is not the one that was locked$/,
  },
  {
    name: "a distribution without a wheel for the target",
    wheels: [WINDOWS, GUNICORN],
    files: { ...shop("requirements.txt"), "requirements.txt": pinsOf(WINDOWS) },
    code: "wheel_not_found",
    message: /^cannot install .*: wingdings==1\.0 has no wheel for cp3\d+ on \w+/,
  },
  {
    name: "requirements that contradict one another",
    wheels: [CART, BASKET, GUNICORN],
    files: shop("[cart, basket<1]"),
    code: "resolve_failed",
    message: /^cannot resolve the requirements: the requirements do not fit together$/,
  },
  {
    name: "two distributions with one module",
    wheels: [BASKET, TWIN, GUNICORN],
    files: shop("[basket, twin]"),
    code: "files_collide",
    message: /^cannot put basket and twin into one artifact: both have basket\.py, and they differ$/,
  },
  {
    name: "an object that is not there",
    wheels: [BASKET, GUNICORN],
    files: { ...shop("basket"), "shop.py": "from basket import lid\napp = lid\n" },
    code: "import_failed",
    message: /^cannot import shop:app: ImportError: cannot import name 'lid' from 'basket'/,
  },
  {
    name: "a lock that lacks a requirement",
    wheels: [],
    files: {
      ...{ "holdall.yaml": "platform: wsgi\napp: shop:app\n", "shop.py": APP },
      "pyproject.toml": '[project]\nname = "shop"\nversion = "1"\ndependencies = ["cart"]\n',
      "pylock.toml": 'lock-version = "1.0"\n',
    },
    code: "lock_invalid",
    message: /^cannot use pylock\.toml: it lacks cart, which the application requires$/,
  },
  {
    name: "a build command that fails",
    wheels: [],
    files: {
      ...shop(),
      "holdall.yaml": `${shop()["holdall.yaml"]}build: python3 -c "raise SystemExit(3)"\n`,
    },
    code: "build_command_failed",
    message: /^cannot run the build command python3 -c raise SystemExit\(3\): it ended with 3$/,
  },
  {
    name: "a link out of the application",
    wheels: [BASKET, GUNICORN],
    files: shop("basket"),
    prepare: ({ directory }) => symlinkSync("/etc/hostname", join(directory, "host")),
    code: "file_outside",
    message: /host/,
  },
];

for (const { name, wheels, files, code, message, prepare } of REFUSED) {
  test(`refuses ${name}, and leaves nothing`, async (t) => {
    const index = await startPackageIndex(t, wheels);
    const workshop = await makeWorkshop(t, files, index.url);
    prepare?.(workshop);
    const before = readdirSync(workshop.directory);
    await assert.rejects(workshop.build(), { code, message });
    assert.deepEqual(workshop.leftovers(), []);
    assert.deepEqual(readdirSync(workshop.directory), before);
  });
}

test("says which index does not answer", async (t) => {
  const server = createServer().listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  const address = server.address();
  const port = typeof address === "object" ? address?.port : undefined;
  await new Promise((resolve) => server.close(resolve));
  const workshop = await makeWorkshop(t, shop(), `http://127.0.0.1:${port}/simple/`);
  const message = `cannot resolve the requirements: 127.0.0.1:${port} does not answer`;
  await assert.rejects(workshop.build(), (error: Error) => {
    assert.equal(Reflect.get(error, "code"), "index_unreachable");
    assert.ok(error.message.startsWith(message.slice(0, -" does not answer".length)), error.message);
    return true;
  });
});

for (const step of ["resolve", "install", "compile", "check-imports", "write-artifact"]) {
  test(`an abort while it is at ${step} leaves nothing`, async (t) => {
    const index = await startPackageIndex(t, [CART, BASKET, GUNICORN]);
    const workshop = await makeWorkshop(t, shop(), index.url);
    const controller = new AbortController();
    const reason = new Error("stopped by the test");
    const stopped = workshop.build({
      signal: controller.signal,
      onEvent: (event) => {
        if (event.kind === "step-started" && event.step === step) controller.abort(reason);
      },
    });
    await assert.rejects(stopped, reason);
    assert.deepEqual(workshop.leftovers(), []);
    assert.ok(!readdirSync(workshop.directory).includes("holdall.lock"));
  });
}

test("two builds from the real index, as different as machines can be, give equal bytes", async (t) => {
  const files = shop("[click==8.1.8, markupsafe==3.0.2]");
  const built: Buffer[] = [];
  const locks: string[] = [];
  const umask = process.umask();
  t.after(() => process.umask(umask));
  for (const [mask, environment] of [
    [0o022, { LC_ALL: "C", PYTHONHASHSEED: "1", TZ: "UTC" }],
    [0o077, { LC_ALL: "C.UTF-8", PYTHONHASHSEED: "2", TZ: "Asia/Tokyo", PYTHONDONTWRITEBYTECODE: "1" }],
  ] as const) {
    process.umask(mask);
    const workshop = await makeWorkshop(t, files);
    const [first] = locks;
    if (first !== undefined) workshop.write({ "holdall.lock": first });
    const env = {
      ...process.env,
      ...environment,
      HOME: workshop.home,
      UV_CACHE_DIR: join(workshop.home, "uv"),
    };
    const { path, targets } = await workshop.build({ env });
    assert.notEqual(targets[0]?.processor, "any");
    built.push(readFileSync(path));
    locks.push(readFileSync(join(workshop.directory, "holdall.lock"), "utf8"));
  }
  assert.ok(built[0] !== undefined && built[1] !== undefined && built[0].equals(built[1]));
});
