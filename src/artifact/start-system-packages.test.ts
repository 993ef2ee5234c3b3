import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { copyFile, mkdir, readdir, rm, symlink, writeFile } from "node:fs/promises";
import { basename, delimiter, dirname, join } from "node:path";
import { type TestContext, test } from "node:test";
import type { SystemPackages } from "../artifact/plan.ts";
import {
  type ArtifactToStart,
  makeArtifactToStart,
  PATH,
  PYTHON,
  type StartOptions,
  start,
} from "../testing/artifact-to-start.ts";
import { playDpkg } from "../testing/play-dpkg.ts";
import { fileEntry, makeDirectory } from "../testing/small-artifact.ts";

// The host's package database is the world outside, so its programs are played here. With Debian's own they run in
// src/system-packages.test.ts.

const deb = (...names: string[]): { systemPackages: SystemPackages } => ({
  systemPackages: { deb: names, rpm: [] },
});

const before = (directory: string): StartOptions => ({
  env: { PATH: [directory, PATH].join(delimiter) },
});

async function assertRefused(
  artifact: ArtifactToStart,
  options: StartOptions,
  reason: string,
  hint: string,
): Promise<void> {
  const { status, stderr } = await start(artifact, ["shop", "exit", "0"], options);
  assert.equal(stderr, `cannot start shop 1.0: ${reason}\nhint: ${hint}\n`);
  assert.equal(status, 1);
}

test("what is missing is listed with the command that installs it", async (t) => {
  const directory = await playDpkg(t, [
    { name: "libshop1", architecture: "amd64" },
    { name: "libfar1", architecture: "arm64" },
    { name: "libgone1", status: "config-files" },
    { name: "libold1t64", architecture: "amd64", provides: "libold1 (= 1.0), libolder1" },
  ]);
  const names = ["libshop1", "libold1", "libfar1", "libgone1", "libnever1"];
  const artifact = await makeArtifactToStart(t, { plan: deb(...names) });
  await assertRefused(
    artifact,
    before(directory),
    "it needs packages that this system lacks: libfar1, libgone1, libnever1",
    "Run `apt-get install libfar1 libgone1 libnever1` as root.",
  );
  const other = await makeArtifactToStart(t, { plan: deb("libshop1", "libold1", "libolder1") });
  assert.equal((await start(other, ["shop", "exit", "0"], before(directory))).status, 0);
});

test("a system of neither kind is told what it should be", async (t) => {
  const systemPackages = { deb: [], rpm: ["m2crypto", "libshop"] };
  const artifact = await makeArtifactToStart(t, { plan: { systemPackages } });
  await assertRefused(
    artifact,
    {},
    "it needs RPM packages (m2crypto, libshop), and this system has no rpm",
    "Start it on a system of that kind, where `dnf install` installs them.",
  );
});

test("packages of an RPM system are asked for one by one", async (t) => {
  const directory = await makeDirectory(t);
  const mark = join(directory, "libshop.so");
  await writeFile(mark, "");
  const rpm = `#!/bin/sh
case "$*" in
  '--query --whatprovides --queryformat %{NAME}-%{VERSION}-%{RELEASE}.%{ARCH}\\n libshop') echo libshop-1-1.x86_64 ;;
  '--query --list libshop-1-1.x86_64') echo '${mark}' ;;
  *) echo "no package provides $5"; exit 1 ;;
esac
`;
  await writeFile(join(directory, "rpm"), rpm, { mode: 0o755 });
  const bad = await makeArtifactToStart(t, { plan: { systemPackages: { deb: [], rpm: ["m2", "libshop"] } } });
  await assertRefused(
    bad,
    before(directory),
    "it needs packages that this system lacks: m2",
    "Run `dnf install m2` as root.",
  );
  // dpkg is there as a tool only.
  await writeFile(join(directory, "dpkg-query"), "#!/bin/sh\nexit 1\n", { mode: 0o755 });
  const systemPackages = { deb: ["libshop1"], rpm: ["libshop"] };
  const good = await makeArtifactToStart(t, { plan: { systemPackages } });
  assert.equal((await start(good, ["shop", "exit", "0"], before(directory))).status, 0);
});

test("a ready release does not start when a package has gone, and does when it was upgraded", async (t) => {
  const host = await makeDirectory(t);
  const library = (version: string) => join(host, `libshop.so.${version}`);
  await writeFile(library("1"), "");
  const files = [host, library("1")];
  const directory = await playDpkg(t, [{ name: "libshop1", files }]);
  const artifact = await makeArtifactToStart(t, { plan: deb("libshop1") });
  const options = before(directory);
  assert.equal((await start(artifact, ["shop", "exit", "0"], options)).status, 0);
  // Warm: nobody is asked.
  await rm(join(directory, "rows"));
  assert.equal((await start(artifact, ["shop", "exit", "0"], options)).status, 0);

  await rm(library("1"));
  await writeFile(join(directory, "rows"), "");
  const reason = "it needs packages that this system lacks: libshop1";
  await assertRefused(artifact, options, reason, "Run `apt-get install libshop1` as root.");

  await writeFile(library("2"), "");
  const upgraded = await playDpkg(t, [{ name: "libshop1", files: [library("2")] }]);
  assert.equal((await start(artifact, ["shop", "exit", "0"], before(upgraded))).status, 0);
});

test("a module for another Python is refused before anything is written", async (t) => {
  const path = "/usr/lib/python3.99/dist-packages/basket.py";
  const directory = await playDpkg(t, [{ name: "python3-basket", files: [path] }]);
  const artifact = await makeArtifactToStart(t, { plan: deb("python3-basket") });
  await assertRefused(
    artifact,
    before(directory),
    `the modules of its package python3-basket are for another Python than ${PYTHON.path}`,
    "Use the Python that the system's packages are for, perhaps by HOLDALL_PYTHON=/usr/bin/python3.",
  );
});

test("modules are linked by name, last, and nothing beside them", async (t) => {
  const site = await relocatePython(t);
  const write = async (path: string, text: string) => {
    const file = join(site.directory, path);
    await mkdir(join(file, ".."), { recursive: true });
    await writeFile(file, text);
    return file;
  };
  const files = [
    site.directory,
    await write("basket/__init__.py", "from . import size\n"),
    await write("basket/size.py", "value = 3\n"),
    await write("cart.py", "raise SystemExit('the bundled one wins')\n"),
    await write("shelf/top.py", "value = 1\n"),
    await write("basket-1.egg-info/PKG-INFO", "Metadata-Version: 2.1\nName: basket\nVersion: 1\n"),
    await write("basket.pth", "import no_such_module\n"),
    join(site.directory, "absent.py"),
  ];
  await write("shelf/secret.py", "value = 0\n");
  await write("other.py", "value = 0\n");
  const directory = await playDpkg(t, [{ name: "python3-basket", files }]);
  const artifact = await makeArtifactToStart(t, {
    plan: deb("python3-basket"),
    application: [fileEntry("app/look.py", LOOK)],
  });
  const options = { env: { PATH: [directory, dirname(site.python), PATH].join(delimiter) } };
  const { status, stdout, stderr } = await start(artifact, ["python", "-m", "look"], options);
  assert.equal(status, 0, stderr);
  assert.deepEqual(JSON.parse(stdout), {
    basket: 3,
    shelf: 1,
    cart: [],
    version: "1",
    absent: ["other", "shelf.secret", "absent"],
    last: "system-packages",
  });

  // Bytecode that Python has kept there outlives the package.
  await rm(join(site.directory, "basket/__init__.py"));
  await writeFile(join(directory, "rows"), "");
  const gone = await start(artifact, ["python", "-m", "look"], options);
  assert.match(gone.stderr, /: it needs packages that this system lacks: python3-basket\n/);
});

/** The Python of the tests at another place, with a directory for modules that they may write. */
async function relocatePython(t: TestContext): Promise<{ python: string; directory: string }> {
  const root = await makeDirectory(t);
  const ask = (python: string, code: string) =>
    execFileSync(python, ["-I", "-S", "-c", code], { encoding: "utf8" }).trim();
  const real = ask(PYTHON.path, "import os; print(os.path.dirname(os.__file__))");
  const library = join(root, "lib", basename(real));
  await mkdir(library, { recursive: true });
  for (const name of await readdir(real)) {
    if (name !== "site-packages") await symlink(join(real, name), join(library, name));
  }
  await mkdir(join(root, "bin"));
  const python = join(root, "bin", basename(PYTHON.path));
  await copyFile(PYTHON.path, python);
  const directory = ask(python, "import site, sys; print(site.getsitepackages([sys.base_prefix])[-1])");
  assert.ok(directory.startsWith(root), directory);
  return { python, directory };
}

const LOOK = `import importlib.metadata, json, os, sys
import basket, cart, shelf.top


def is_absent(name):
    try:
        __import__(name)
    except ImportError:
        return True


print(json.dumps({
    "basket": basket.size.value, "shelf": shelf.top.value, "cart": cart.items,
    "version": importlib.metadata.version("basket"),
    "absent": [name for name in ("other", "shelf.secret", "absent") if is_absent(name)],
    "last": os.path.basename(sys.path[-1]),
}))
`;
