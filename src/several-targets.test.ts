import assert from "node:assert/strict";
import { copyFile, mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { openArtifact } from "./artifact/open-artifact.ts";
import { findInterpreter } from "./builder/python/find-interpreter.ts";
import { AppError } from "./errors/app-error.ts";
import { needProgram } from "./testing/needs.ts";
import { startServer } from "./testing/server.ts";
import { makeDirectory } from "./testing/small-artifact.ts";
import { buildForDebian, type HostImage, SERVE_AND_FETCH, startTestHost } from "./testing/test-host.ts";

/** Emulated: everything in it is some ten times slower. */
const ARM: HostImage = {
  name: "arm64-python",
  options: ["--arch=arm64", "--variant=essential", "--include=python3"],
};
/** Debian 11: Python 3.9 and glibc 2.31. */
const OLD: HostImage = {
  name: "bullseye-python",
  options: ["--suite=bullseye", "--variant=essential", "--include=python3"],
};
/** Its only C library is musl, its programs are busybox, which needs none. */
const MUSL: HostImage = {
  name: "musl",
  options: [
    "--variant=essential",
    "--include=busybox-static,musl",
    `--run=cp /bin/busybox /busybox
for name in $(/busybox --list); do /busybox ln -sf /busybox "/usr/bin/$name"; done
/busybox rm -r /lib64 /usr/lib/*/libc.so.6 /usr/lib/*/ld-linux* /usr/bin/getconf`,
  ],
};

const DESCRIPTION = `name: dots
version: "1"
platform: wsgi
app: dots:app
pip: pillow==11.3.0
`;
/** Pillow is machine code: each processor and each Python needs another layer. */
const DOTS = `import io, platform
from PIL import Image

def app(environ, start_response):
    picture = io.BytesIO()
    Image.new("RGB", (8, 8), "red").save(picture, "PNG")
    python = ".".join(platform.python_version_tuple()[:2])
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [b"%d bytes of " % len(picture.getvalue()), f"PNG, {platform.machine()}, {python}\\n".encode()]
`;
const BUILT = ["--python", "3.13", "--target", "x86_64-glibc2.28,aarch64-glibc2.28"];

test("one file with machine code, for two processors and two Pythons", async (t) => {
  const directory = await makeDirectory(t);
  const second = await needPython(t, "3.13", directory);
  if (second === undefined) return;
  const application = join(directory, "dots");
  await mkdir(application);
  await writeFile(join(application, "holdall.yaml"), DESCRIPTION);
  await writeFile(join(application, "dots.py"), DOTS);
  const artifact = await buildForDebian(application, BUILT);

  await t.test("has pure layers and bytecode once, machine code once for each", async () => {
    const { manifest } = await openArtifact(artifact);
    const count = (kind: string, name: string) =>
      Object.values(manifest.layers).filter((layer) => layer.kind === kind && layer.name === name).length;
    assert.deepEqual(
      manifest.targets.map(({ python, processor }) => `${python.abi} ${processor}`),
      ["cp311 x86_64", "cp311 aarch64", "cp313 x86_64", "cp313 aarch64"],
    );
    assert.deepEqual([count("distribution", "pillow"), count("bytecode", "pillow")], [4, 2]);
    assert.deepEqual([count("distribution", "gunicorn"), count("application", "dots")], [1, 1]);
  });

  const pythons = { "3.11": "/usr/bin/python3", "3.13": second };
  for (const [version, python] of Object.entries(pythons)) {
    await t.test(`serves on this machine with Python ${version}`, async (each) => {
      const data = await makeDirectory(each);
      const env = { ...process.env, HOLDALL_CACHE: join(data, "cache"), HOLDALL_PYTHON: python };
      const server = await startServer([artifact, "serve"], { cwd: data, env });
      const page = await (await fetch(server.address)).text();
      assert.equal((await server.stop("SIGTERM")).status, 0);
      assert.match(page, new RegExp(`^\\d+ bytes of PNG, x86_64, ${version}\\n$`));
    });
  }

  await t.test("serves on an arm64 Debian with its own python3", async (each) => {
    if (!needProgram(each, "qemu-aarch64-static")) return;
    const host = await startTestHost(each, ARM);
    if (host === undefined) return;
    await host.put(artifact, "/root/dots.holdall");
    const words = ["http://127.0.0.1:8000/", "/root/dots.holdall", "serve"];
    const page = await host.run(["python3", "-c", SERVE_AND_FETCH, ...words]);
    assert.match(page, /^\d+ bytes of PNG, aarch64, 3\.11\n/);
  });

  await t.test("is refused where the only libc is musl, before anything is placed", async (each) => {
    const host = await startTestHost(each, MUSL);
    if (host === undefined) return;
    await host.put(artifact, "/root/dots.holdall");
    const { status, stdout, stderr } = await host.try(["/root/dots.holdall", "serve"]);
    assert.deepEqual([status, stdout], [1, ""]);
    assert.match(
      stderr,
      /^cannot start dots 1: it serves Python 3\.11 or 3\.13 on x86_64 or aarch64 with glibc/,
    );
    assert.match(
      stderr,
      /; this host is x86_64 with musl 1\.\d+\.\d+ and has no Python\nhint: Build it for this/,
    );
    assert.equal((await host.try(["test", "-e", "/root/.cache"])).status, 1);
  });
});

test("machine code that needs a newer glibc than a host has is refused there, before anything is placed", async (t) => {
  const directory = await makeDirectory(t);
  if ((await needPython(t, "3.9", directory)) === undefined) return;
  const host = await startTestHost(t, OLD);
  if (host === undefined) return;
  const application = join(directory, "tool");
  await mkdir(application);
  await writeFile(
    join(application, "holdall.yaml"),
    "name: tool\nversion: '1'\nplatform: python\ncommands: { run: ./true }\n",
  );
  // Of this Debian, so it needs symbols that came with glibc 2.34.
  await copyFile("/bin/true", join(application, "true"));
  const artifact = await buildForDebian(application, ["--python", "3.9"]);
  await host.put(artifact, "/root/tool.holdall");
  const sentence =
    /^cannot start tool 1: it serves Python 3\.11 or 3\.9 on x86_64 with glibc 2\.3[4-9] or newer; this host is x86_64 with glibc 2\.31/;
  const found = await host.try(["/root/tool.holdall", "run"]);
  assert.equal(found.status, 1);
  assert.match(found.stderr, sentence);
  assert.match(found.stderr, / and has \/usr\/bin\/python3\.9 \(cp39 3\.9\.\d+ on x86_64\)/);
  const named = await host.try(["python3", "/root/tool.holdall", "run"]);
  assert.equal(named.status, 1);
  assert.match(named.stderr, sentence);
  assert.equal((await host.try(["test", "-e", "/root/.cache"])).status, 1);
});

/**
 * A Python beside Debian's own. Debian has no package of it, so nobody can be asked to install one: where there is none,
 * the test is listed as one that did not run.
 * @param cache - keeps what interpreters said of themselves.
 */
async function needPython(t: TestContext, version: string, cache: string): Promise<string | undefined> {
  const run = {
    directory: cache,
    work: cache,
    cache,
    env: process.env,
    signal: undefined,
    onEvent: () => {},
  };
  try {
    return (await findInterpreter(run, { wanted: version, requirement: undefined })).executable;
  } catch (error) {
    if (!(error instanceof AppError) || error.code !== "python_not_found") throw error;
    t.skip(`there is no Python ${version} here`);
    return undefined;
  }
}
