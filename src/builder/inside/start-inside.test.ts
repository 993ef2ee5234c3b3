import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync, realpathSync, symlinkSync, truncateSync } from "node:fs";
import { chmod, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { makeArtifactToStart, PYTHON, start, startFacts } from "../../testing/artifact-to-start.ts";
import { makeArtifactInside, packTestInterpreter } from "../../testing/inside.ts";
import { needProgram } from "../../testing/needs.ts";
import { makeDirectory, removeReadOnly } from "../../testing/small-artifact.ts";

const SHELLS = [["dash"], ["bash", "--posix"], ["busybox", "ash"], ["ksh"], ["mksh"]] as const;
/** All that docs/artifact.md asks of a host besides `sh`; busybox has no getconf, so the loader is asked. */
const UTILITIES = "uname mkdir tail head sha256sum gzip tar sort uniq chmod mv rm flock".split(" ");

for (const shell of SHELLS) {
  test(`${shell.join(" ")} and busybox's utilities unpack the Python inside, once`, async (t) => {
    if (!needProgram(t, shell[0]) || !needProgram(t, "busybox")) return;
    const artifact = await makeArtifactInside(t);
    const env = { PATH: await makeUtilities(t, UTILITIES) };
    const by = [findProgram(shell[0]), ...shell.slice(1)];
    const cold = await startFacts(artifact, { by, env });
    assert.ok(realpathSync(cold.executable).startsWith(`${cold.prefix}/python/bin/python3`));
    assert.ok(cold.prefix.startsWith(`${artifact.cache}/releases/${artifact.identity}-`));
    const outside = cold.path.filter((one) => !one.startsWith(cold.prefix));
    assert.deepEqual(outside, []);
    const warm = await startFacts(artifact, { by, env: { PATH: "/nowhere" } });
    assert.equal(warm.executable, cold.executable);
    assert.deepEqual(readdirSync(join(artifact.cache, "work")), []);
  });
}

test("starts at the same time without flock(1) are in nobody's way", async (t) => {
  if (!needProgram(t, "busybox")) return;
  const artifact = await makeArtifactInside(t);
  const env = {
    PATH: await makeUtilities(
      t,
      UTILITIES.filter((name) => name !== "flock"),
    ),
  };
  const all = await Promise.all([1, 2, 3].map(() => startFacts(artifact, { by: ["/bin/sh"], env })));
  assert.equal(new Set(all.map(({ executable }) => executable)).size, 1);
  assert.deepEqual(readdirSync(join(artifact.cache, "work")), []);
});

test("the host's Python is not used, however the artifact is started", async (t) => {
  const artifact = await makeArtifactInside(t);
  const byFile = await startFacts(artifact);
  removeReadOnly(artifact.cache);
  const byPython = await startFacts(artifact, { by: [PYTHON.path] });
  assert.equal(byPython.executable, byFile.executable);
  assert.equal(byPython.env["LD_ORIGIN_PATH"], undefined);
  const named = await start(artifact, ["shop", "facts"], { env: { HOLDALL_PYTHON: PYTHON.path } });
  assert.equal(named.status, 1);
  assert.equal(
    named.stderr,
    `cannot start shop 1.0: HOLDALL_PYTHON is ${PYTHON.path}, and it has a Python inside, which it always uses\nhint: Unset HOLDALL_PYTHON.\n`,
  );
});

test("an open artifact, and what it says of itself", async (t) => {
  const artifact = await makeArtifactInside(t);
  const directory = join(artifact.data, "open");
  const env = { PATH: "/usr/bin:/bin" };
  assert.equal((await start(artifact, ["--holdall", "unpack", directory], { env })).status, 0);
  removeReadOnly(artifact.cache);
  const facts = await startFacts(artifact, { as: join(directory, "prefix"), env });
  assert.ok(facts.executable.startsWith(artifact.cache));
  const about = await start(artifact, [], { env });
  assert.match(about.stdout, /^shop 1\.0\n/);
  assert.equal((await start(artifact, ["--holdall", "verify"], { env })).status, 0);
});

test("nothing is opened outside of the release but what is the system's", async (t) => {
  if (!needProgram(t, "strace")) return;
  const artifact = await makeArtifactInside(t);
  await startFacts(artifact); // the tools that unpack are the system's
  const trace = join(artifact.data, "trace");
  const by = ["strace", "-f", "-e", "trace=open,openat,execve", "-o", trace, "/bin/sh"];
  const code =
    "import ctypes, curses, lzma, multiprocessing, sqlite3, ssl, sysconfig, uuid, zoneinfo; ssl.create_default_context()";
  const { status, stderr } = await start(artifact, ["python", "-c", code], { by });
  assert.equal(status, 0, stderr);
  const opened = [...readFileSync(trace, "utf8").matchAll(/"(\/[^"]*)".*= (?:\d|-1 EACCES)/g)].map(
    ([, path = ""]) => path,
  );
  assert.ok(opened.length > 100);
  const own = [artifact.cache, artifact.path];
  assert.deepEqual(
    opened.filter((path) => !SYSTEM.test(path) && !own.some((one) => path.startsWith(one))),
    [],
  );
});

/** glibc and its loader, kernel and devices, certificates and the configuration of OpenSSL, locales and time zones. */
const SYSTEM =
  /^\/(etc\/ld\.so\.|(usr\/)?lib[^/]*\/([^/]*-linux-gnu\/)?(ld-|libc\.|libm\.|libdl\.|libpthread\.|libutil\.|librt\.|gconv\/)|proc\/|dev\/|sys\/|etc\/(ssl|pki|localtime|passwd|nsswitch)|usr\/(lib\/(ssl|locale)|share\/(locale|zoneinfo|terminfo))|(usr\/)?bin\/|$)/;

const DAMAGE: readonly [title: string, damage: (bytes: Buffer, start: number, size: number) => Buffer][] = [
  ["a byte in the Python is another", (bytes, start, size) => flip(bytes, start + Math.floor(size / 2))],
  ["the first byte of the Python is another", (bytes, start) => flip(bytes, start)],
  ["it ends inside of the Python", (bytes, start, size) => bytes.subarray(0, start + size - 1)],
];

for (const [title, damage] of DAMAGE) {
  test(`${title}: refused before anything is unpacked`, async (t) => {
    const artifact = await makeArtifactInside(t);
    const { layer } = await packTestInterpreter();
    const bytes = await readFile(artifact.path);
    const begin = bytes.indexOf(await readFile(layer.path));
    await writeFile(artifact.path, damage(bytes, begin, layer.transport.size));
    const { status, stderr } = await start(artifact, ["shop", "facts"], { env: { PATH: "/usr/bin:/bin" } });
    const member = `layers/${layer.identity.slice("sha256:".length)}.tar.gz`;
    assert.deepEqual(
      [status, stderr],
      [
        1,
        `cannot start shop 1.0: it is damaged: ${member} is not as it was sealed\nhint: Copy the file again.\n`,
      ],
    );
    assert.deepEqual(readdirSync(join(artifact.cache, "layers")), []);
    assert.deepEqual(readdirSync(join(artifact.cache, "work")), []);
  });
}

const OTHER_HOSTS: readonly [title: string, machine: object, reason: RegExp][] = [
  [
    "an older libc",
    { libc: { kind: "glibc", floor: "9.1" } },
    /^cannot start shop 1\.0: it serves Python 3\.\d+ on \S+ with glibc 9\.1 or newer; this host is \S+ with glibc 2\.\d+\nhint: /,
  ],
  [
    "another libc",
    { libc: { kind: "musl", floor: "1.2" } },
    /with musl 1\.2 or newer; this host is \S+ with glibc 2/,
  ],
  ["another processor", { processor: "s390x" }, /on s390x with glibc .*; this host is \S+ with glibc 2/],
];

for (const [title, machine, reason] of OTHER_HOSTS) {
  test(`a host with ${title} is told, and nothing is written`, async (t) => {
    const { layer, machine: own } = await packTestInterpreter();
    const artifact = await makeArtifactToStart(t, { interpreter: layer, target: { ...own, ...machine } });
    const { status, stderr } = await start(artifact, ["shop", "facts"]);
    assert.equal(status, 1);
    assert.match(stderr, reason);
    assert.equal(existsSync(artifact.cache), false);
  });
}

test("a Python that lost bytes in a power cut is unpacked again", async (t) => {
  const artifact = await makeArtifactInside(t);
  const { layer } = await packTestInterpreter();
  await startFacts(artifact);
  removeReadOnly(join(artifact.cache, "releases"));
  removeReadOnly(join(artifact.cache, "ready"));
  const python = join(artifact.cache, "layers", layer.identity.slice("sha256:".length), "python");
  for (const name of ["bin", "lib"]) await chmod(join(python, name), 0o755);
  const program = join(python, "bin", `python${PYTHON.version}`);
  const { length } = readFileSync(program);
  await chmod(program, 0o755);
  truncateSync(program, 0);
  await startFacts(artifact);
  assert.equal(readFileSync(program).length, length);
});

test("certificates: the user's, else the system's, else those of certifi", async (t) => {
  const certifi = { kind: "file", path: "site-packages/certifi/cacert.pem", isExecutable: false } as const;
  const content = { bytes: Buffer.from("x"), size: 1 };
  const artifact = await makeArtifactInside(t, { distribution: [{ ...certifi, content }] });
  const found = (await startFacts(artifact)).env["SSL_CERT_FILE"];
  const system = [
    "/etc/ssl/certs/ca-certificates.crt",
    "/etc/pki/tls/certs/ca-bundle.crt",
    "/etc/ssl/cert.pem",
  ];
  if (system.some(existsSync)) assert.ok(system.includes(found ?? ""), found);
  else assert.match(found ?? "", /\/site-packages\/certifi\/cacert\.pem$/);
  for (const name of ["SSL_CERT_FILE", "SSL_CERT_DIR"]) {
    const { env } = await startFacts(artifact, { env: { [name]: "/own" } });
    assert.deepEqual([env["SSL_CERT_FILE"], env["SSL_CERT_DIR"]].filter(Boolean), ["/own"]);
  }
});

/** A directory with these programs, each busybox's. */
async function makeUtilities(t: TestContext, names: readonly string[]): Promise<string> {
  const directory = await makeDirectory(t);
  for (const name of names) symlinkSync(findProgram("busybox"), join(directory, name));
  return directory;
}

function findProgram(name: string): string {
  const directories = (process.env["PATH"] ?? "").split(":");
  const found = directories.map((directory) => join(directory, name)).find(existsSync);
  if (found === undefined) throw new Error(`no ${name}`);
  return found;
}

function flip(bytes: Buffer, at: number): Buffer {
  const changed = Buffer.from(bytes);
  changed[at] = (changed[at] ?? 0) ^ 1;
  return changed;
}
