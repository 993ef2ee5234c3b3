import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { chown, mkdir, mkdtemp, readdir, readFile, rmdir, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { type TestContext, test } from "node:test";
import { errnoOf } from "../system/file-errors.ts";
import {
  type ArtifactToStart,
  makeArtifactToStart,
  PYTHON,
  type StartOptions,
  start,
} from "../testing/artifact-to-start.ts";
import { fileEntry, makeDirectory } from "../testing/small-artifact.ts";

/** What is in the cache: files, not the directories and the lock. */
async function listCache({ cache }: ArtifactToStart): Promise<string[]> {
  const entries = await readdir(cache, { recursive: true, withFileTypes: true }).catch((error) => {
    if (errnoOf(error) === "ENOENT") return [];
    throw error;
  });
  return entries.filter((entry) => !entry.isDirectory() && entry.name !== "lock").map(({ name }) => name);
}

interface Refused {
  readonly words?: readonly string[];
  readonly status?: number;
  readonly reason: string;
  readonly hint: string;
}

async function assertRefused(
  artifact: ArtifactToStart,
  { words = ["shop", "exit", "0"], status = 1, reason, hint }: Refused,
  options: StartOptions = {},
): Promise<void> {
  const result = await start(artifact, words, options);
  assert.equal(result.stderr, `cannot ${reason}\nhint: ${hint}\n`);
  assert.equal(result.status, status);
}

const SERVES = `it serves Python ${PYTHON.version}`;
const OWN = "Set HOLDALL_CACHE to a directory of your own.";
const ELSEWHERE = "Set HOLDALL_CACHE to a directory of your own on another file system.";

/** A directory of programs that says it is Python, and what a start is told about each. */
async function fakePath(t: TestContext, programs: Readonly<Record<string, string>>): Promise<string> {
  const directory = await makeDirectory(t);
  for (const [name, text] of Object.entries(programs)) {
    await writeFile(join(directory, name), text, { mode: 0o755 });
  }
  return directory;
}

test("no suitable Python: each one that was looked at is named", async (t) => {
  const target = { python: { implementation: "cpython", version: "3.99", abi: "cp399" } } as const;
  const artifact = await makeArtifactToStart(t, { target });
  const directory = await fakePath(t, {
    "python3.99": "#!/bin/sh\nexit 127\n",
    python3: "#!/bin/sh\necho cp38d x86_64 3.8.1 1 1 0 /x/python3\n",
    python: "#!/bin/sh\necho pypy310 aarch64 3.10.14 1 1 0 /x/pypy\n",
  });
  const { status, stderr } = await start(artifact, ["shop"], { env: { PATH: directory } });
  const [sentence = "", hint] = stderr.split("\n");
  const start_ = `cannot start shop 1.0: it serves Python 3.99; this host has ${directory}/python3.99 (does not run)`;
  assert.ok(sentence.startsWith(start_), sentence);
  assert.ok(sentence.includes(`, ${directory}/python3 (cp38d 3.8.1 on x86_64)`), sentence);
  assert.ok(sentence.includes(`, ${directory}/python (pypy310 3.10.14 on aarch64)`), sentence);
  assert.equal(
    hint,
    "hint: Install a Python that it serves, or name one that is not in PATH by HOLDALL_PYTHON.",
  );
  assert.equal(status, 1);
  assert.deepEqual(await listCache(artifact), []);
  // What is inside can be shown by any Python from 3.8 on.
  for (const words of [[], ["--holdall", "verify"]]) assert.equal((await start(artifact, words)).status, 0);
});

test("another processor, an old libc", async (t) => {
  const libc = { kind: "glibc", floor: "2.17" } as const;
  const foreign = await makeArtifactToStart(t, { target: { processor: "riscv64", libc } });
  const { stderr } = await start(foreign, ["shop"]);
  assert.match(
    stderr,
    /^cannot start shop 1\.0: it serves Python [0-9.]+ on riscv64 with glibc 2\.17 or newer; this host is \S+ with glibc [0-9.]+ and has \/.*\nhint: Build it for this machine, with `holdall build --target`, or use another\.$/m,
  );
  await assertRefused(
    foreign,
    {
      reason: `start shop 1.0: ${SERVES} on riscv64 with glibc 2.17 or newer; this is Python ${await fullVersion()} on ${PYTHON.processor} (${PYTHON.path})`,
      hint: "Start it as a program, so that it looks for a suitable Python, or name one by HOLDALL_PYTHON.",
    },
    { env: { HOLDALL_PYTHON: PYTHON.path } },
  );
  const newer = { kind: "glibc", floor: "9.9" } as const;
  const artifact = await makeArtifactToStart(t, { target: { processor: PYTHON.processor, libc: newer } });
  const version = execFileSync("getconf", ["GNU_LIBC_VERSION"], { encoding: "utf8" }).trim();
  await assertRefused(
    artifact,
    {
      reason: `start shop 1.0: ${SERVES} on ${PYTHON.processor} with glibc 9.9 or newer; this host is ${PYTHON.processor} with ${version}`,
      hint: "Build it for this machine, with `holdall build --target`, or use another.",
    },
    { env: { HOLDALL_PYTHON: PYTHON.path } },
  );
  const searched = await start(artifact, ["shop"]);
  assert.match(searched.stderr, /glibc 9\.9 or newer; this host is \S+ with glibc \S+ and has \//);
  assert.deepEqual([...(await listCache(artifact)), ...(await listCache(foreign))], []);
});

async function fullVersion(): Promise<string> {
  const code = "import sys; print(sys.version.split()[0], end='')";
  return execFileSync(PYTHON.path, ["-I", "-S", "-c", code], { encoding: "utf8" });
}

test("HOLDALL_PYTHON that is no path, no Python", async (t) => {
  const artifact = await makeArtifactToStart(t);
  await assertRefused(
    artifact,
    {
      reason: "start shop 1.0: HOLDALL_PYTHON is python3, not an absolute path",
      hint: "Name the interpreter with its directory.",
    },
    { env: { HOLDALL_PYTHON: "python3" } },
  );
  await assertRefused(
    artifact,
    {
      reason: "start shop 1.0: HOLDALL_PYTHON is /bin/sh, which does not run as a Python 3",
      hint: "Name another interpreter, or unset it.",
    },
    { env: { HOLDALL_PYTHON: "/bin/sh" } },
  );
});

test("a cache that has no place, or a wrong one", async (t) => {
  const artifact = await makeArtifactToStart(t);
  const none = { HOLDALL_CACHE: "", XDG_CACHE_HOME: "", HOME: "" };
  const cases: [env: Readonly<Record<string, string>>, reason: string, hint: string][] = [
    [
      none,
      "there is no place for its cache: HOME is not set",
      "Set HOME, or set HOLDALL_CACHE to a directory of your own.",
    ],
    [{ HOLDALL_CACHE: "cache" }, "HOLDALL_CACHE is cache, not an absolute path", "Set an absolute path."],
    [{ ...none, HOME: "home" }, "HOME is home, not an absolute path", "Set an absolute path."],
    [
      { HOLDALL_CACHE: "/a:b" },
      "the path of its cache has a colon or a line end: '/a:b'",
      "Set HOLDALL_CACHE to another.",
    ],
    [
      { HOLDALL_CACHE: "/proc/cache" },
      "its cache /proc/cache cannot be made: no such file or directory",
      "Set HOLDALL_CACHE to a directory of your own.",
    ],
    [
      { HOLDALL_CACHE: artifact.path },
      `${artifact.path} is not a directory`,
      "Move it, or set HOLDALL_CACHE to another directory.",
    ],
  ];
  for (const [env, reason, hint] of cases) {
    await assertRefused(artifact, { reason: `start shop 1.0: ${reason}`, hint }, { env });
  }
  const home = join(dirname(artifact.path), "home");
  await mkdir(home);
  assert.equal((await start(artifact, ["shop", "exit", "5"], { env: { ...none, HOME: home } })).status, 5);
  assert.deepEqual(await readdir(join(home, ".cache")), ["holdall"]);
});

test("a command that is not there: the near miss; a program that is not there", async (t) => {
  const artifact = await makeArtifactToStart(t);
  for (const _ of ["cold", "warm"]) {
    await assertRefused(artifact, {
      words: ["shp"],
      status: 2,
      reason: "run shp: shop 1.0 has no command of that name",
      hint: "Did you mean `shop`? Start it without arguments to see its commands.",
    });
    await assertRefused(artifact, {
      words: ["../bin/shop"],
      status: 2,
      reason: "run ../bin/shop: shop 1.0 has no command of that name",
      hint: "Start it without arguments to see its commands.",
    });
    await assertRefused(artifact, {
      words: ["absent"],
      reason: "run absent: no-such-program is neither in the artifact nor in PATH",
      hint: "Install it on this system.",
    });
  }
  await assertRefused(artifact, {
    words: ["--holdall", "bogus"],
    status: 2,
    reason: "understand --holdall: bogus is not one of inspect, verify, path, wsgi-script, cache, unpack",
    hint: "Use `inspect`, `inspect --json`, `verify`, `path`, `wsgi-script`, `cache COMMAND`, `unpack DIRECTORY` or `unpack --venv DIRECTORY [--only dependencies|application]`.",
  });
});

test("a command that needs more than an artifact", async (t) => {
  const commands = { warm: { kind: "url", path: "/warm", help: "", origin: "own" } } as const;
  const artifact = await makeArtifactToStart(t, { plan: { commands } });
  await assertRefused(artifact, {
    words: ["warm"],
    reason: "run warm: it is a command of kind url, which an artifact on its own does not run",
    hint: "Run it with holdall: `holdall run FILE warm`.",
  });
});

test("an artifact that was changed anywhere is refused before a file is placed", async (t) => {
  const artifact = await makeArtifactToStart(t);
  const bytes = await readFile(artifact.path);
  const [member = ""] = /layers\/[0-9a-f]{64}\.tar\.gz/.exec(bytes.toString("latin1")) ?? [];
  const layer = bytes.indexOf(member, bytes.indexOf(member) + 1) + member.length + 40; // first the manifest has it
  const named = `cannot start shop 1.0: it is damaged: `;
  const unnamed = `cannot start ${artifact.path}: it is damaged: `;
  const unreadable = `cannot start shop 1.0: its archive cannot be read: ${artifact.path} is incomplete or was changed`;
  const refused = `cannot start ${artifact.path}: it is damaged, holdall_support/refusal.py is not as it was sealed`;
  const regions: [place: number, sentence: string][] = [
    [bytes.indexOf("Everything below"), `${unnamed}its script is not the one that its manifest names`],
    [40, `${unnamed}its script is not the one that its manifest names`],
    [bytes.indexOf("PK\x03\x04") + 8, `${unnamed}the header of manifest.json is not the permitted one`],
    [bytes.indexOf('"description":{'), `${unnamed}manifest.json is not as it was sealed`],
    [bytes.indexOf("What `python3 app.holdall`"), `${named}__main__.py is not as it was sealed`],
    [bytes.indexOf("What users are told"), `${named}holdall_support/refusal.py is not as it was sealed`],
    // The program does not load, and so cannot check itself.
    [bytes.indexOf("class Refusal"), refused],
    [layer, `${named}layers/`],
    [bytes.indexOf("PK\x01\x02") + 12, `${unnamed}entry 1 of its directory is not the permitted one`],
    [bytes.lastIndexOf("holdall_support/ready.py") + 20, `${unnamed}the header of holdall_support/read`],
    [bytes.length - 5, unreadable],
  ];
  for (const [place, sentence] of regions) {
    const changed = Buffer.from(bytes);
    changed[place] = (changed[place] ?? 0) ^ 1;
    await assertDamaged(artifact, changed, sentence);
  }
  await assertDamaged(artifact, bytes.subarray(0, bytes.length - 1), unreadable);
  await assertDamaged(artifact, bytes.subarray(0, bytes.length >> 1), unreadable);
  await assertDamaged(
    artifact,
    Buffer.concat([bytes, Buffer.from("\n")]),
    `${unnamed}it does not end as an artifact does`,
  );
});

async function assertDamaged(artifact: ArtifactToStart, bytes: Uint8Array, sentence: string): Promise<void> {
  await writeFile(artifact.path, bytes);
  const { status, stderr } = await start(artifact, ["shop", "exit", "0"]);
  assert.equal(stderr.slice(0, sentence.length), sentence);
  assert.match(stderr, /\nhint: Copy the file again\.\n$/);
  assert.equal(status, 1);
  assert.deepEqual(await listCache(artifact), [], sentence);
}

test("an artifact of another format", async (t) => {
  const artifact = await makeArtifactToStart(t);
  const open = join(artifact.data, "open");
  await start(artifact, ["--holdall", "unpack", open]);
  const manifest = await readFile(join(open, "manifest.json"), "utf8");
  await writeFile(join(open, "manifest.json"), manifest.replace('"format":1', '"format":2'));
  await assertRefused(
    artifact,
    {
      reason: `start ${open}: it has format 2; the reader inside knows format 1`,
      hint: "Use a newer holdall to start it.",
    },
    { by: ["python3"], as: open },
  );
});

/** A file system of its own; undefined, with the reason in the report, where that is not allowed. */
async function mountTmpfs(t: TestContext, options: string): Promise<string | undefined> {
  const directory = await mkdtemp(join(tmpdir(), "holdall-"));
  try {
    execFileSync("mount", ["-t", "tmpfs", "-o", options, "tmpfs", directory], { stdio: "pipe" });
  } catch (error) {
    await rmdir(directory);
    t.diagnostic(`no file system could be mounted here, so this was not seen: ${error}`);
    return undefined;
  }
  t.after(async () => {
    execFileSync("umount", [directory]);
    await rmdir(directory);
  });
  return directory;
}

test("a full disk: nothing is left on it", async (t) => {
  const artifact = await makeArtifactToStart(t, { distribution: [largeFile()] });
  const mount = await mountTmpfs(t, "size=1m");
  if (mount === undefined) return;
  const env = { HOLDALL_CACHE: join(mount, "cache") };
  await assertRefused(
    artifact,
    {
      reason: `start shop 1.0: the disk of its cache ${env.HOLDALL_CACHE} is full`,
      hint: "Free some space, or set HOLDALL_CACHE to a directory on another disk.",
    },
    { env },
  );
  assert.deepEqual(await readdir(join(env.HOLDALL_CACHE, "work")), []);
  execFileSync("mount", ["-o", "remount,size=20m", mount]);
  assert.equal((await start(artifact, ["shop", "exit", "6"], { env })).status, 6);
});

function largeFile() {
  return fileEntry("site-packages/large.bin", "x".repeat(2 << 20));
}

test("a cache on a read-only file system", async (t) => {
  const artifact = await makeArtifactToStart(t);
  const mount = await mountTmpfs(t, "size=9m");
  if (mount === undefined) return;
  const env = { HOLDALL_CACHE: join(mount, "cache") };
  const setMode = (mode: string) => execFileSync("mount", ["-o", `remount,${mode}`, mount]);
  setMode("ro");
  const refused = {
    reason: `start shop 1.0: its cache ${env.HOLDALL_CACHE} is on a read-only file system`,
    hint: ELSEWHERE,
  };
  await assertRefused(artifact, refused, { env });
  setMode("rw");
  assert.equal((await start(artifact, ["shop", "exit", "7"], { env })).status, 7);
  setMode("ro");
  assert.equal((await start(artifact, ["shop", "exit", "8"], { env })).status, 8);
});

test("a noexec cache: refused for native code only", async (t) => {
  const mount = await mountTmpfs(t, "size=9m,noexec");
  if (mount === undefined) return;
  const env = { HOLDALL_CACHE: join(mount, "cache") };
  const libc = { kind: "glibc", floor: "2.17" } as const;
  const native = await makeArtifactToStart(t, { target: { processor: PYTHON.processor, libc } });
  const reason = `start shop 1.0: it has native code, and its cache ${env.HOLDALL_CACHE} is on ${mount}, which is mounted noexec`;
  await assertRefused(native, { reason, hint: ELSEWHERE }, { env });
  const pure = await makeArtifactToStart(t);
  for (const _ of ["cold", "warm"])
    assert.equal((await start(pure, ["shop", "exit", "9"], { env })).status, 9);
});

test("a cache of another user, one that is not writable", async (t) => {
  const artifact = await makeArtifactToStart(t);
  if (process.getuid?.() !== 0) return t.diagnostic("only root can be two users");
  await mkdir(artifact.cache);
  await chown(artifact.cache, 65534, 65534);
  await assertRefused(artifact, {
    reason: `start shop 1.0: its cache ${artifact.cache} belongs to another user`,
    hint: OWN,
  });
  // A ready file there is not sourced either.
  await mkdir(join(artifact.cache, "ready"));
  await writeFile(join(artifact.cache, "ready", artifact.identity), "echo sourced\nexit 0\n");
  await assertRefused(artifact, {
    reason: `start shop 1.0: its cache ${artifact.cache} belongs to another user`,
    hint: OWN,
  });
});

test("too few files may be open", async (t) => {
  const artifact = await makeArtifactToStart(t);
  // By Python itself: a shell needs more descriptors than that.
  const by = ["sh", "-c", 'ulimit -n 5; exec "$0" "$@"', PYTHON.path, "-I", "-S", "-B"];
  await assertRefused(
    artifact,
    {
      reason: "start shop 1.0: too many files are open",
      hint: "Raise the limit, for example by `ulimit -n 1024`.",
    },
    { by },
  );
  assert.deepEqual(await readdir(join(artifact.cache, "work")), []);
});
