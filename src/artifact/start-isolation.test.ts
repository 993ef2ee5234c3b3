import assert from "node:assert/strict";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import {
  type ArtifactToStart,
  makeArtifactToStart,
  PYTHON,
  start,
  startFacts,
} from "../testing/artifact-to-start.ts";
import { fileEntry, makeDirectory } from "../testing/small-artifact.ts";

/** Names that Python, its servers and their children import sooner or later. */
const PLANTED = [
  "http",
  "types",
  "select",
  "socket",
  "json",
  "cart",
  "shop",
  "runpy",
  "sitecustomize",
  "usercustomize",
];

/** Modules that shout when they are imported. */
async function plant(directory: string): Promise<void> {
  for (const name of PLANTED)
    await writeFile(join(directory, `${name}.py`), 'raise SystemExit("planted " + __name__)\n');
}

test("nothing in the working directory is imported", async (t) => {
  const artifact = await makeArtifactToStart(t);
  await plant(artifact.data);
  const calls = [
    ["shop", "facts"],
    ["facts-by-module"],
    ["cart"],
    ["python", "-c", "import http, cart, shop, select"],
    ["python", "-m", "cart"],
    ["shop", "python", "-c", "import socket, cart, shop"],
    ["shop", "python", "-m", "json.tool", "--help"],
    ["shop", "spawn", "spawn"],
    ["shop", "spawn", "forkserver"],
  ];
  for (const words of calls) {
    const { status, stderr } = await start(artifact, words);
    assert.deepEqual([status, stderr], [0, ""], words.join(" "));
  }
  const { path } = await startFacts(artifact);
  assert.ok(!path.includes("") && !path.includes(artifact.data), path.join(" "));
});

test("a script of the user's own still finds what lies beside it", async (t) => {
  const artifact = await makeArtifactToStart(t);
  await writeFile(join(artifact.data, "beside.py"), "name = 'beside'\n");
  await writeFile(join(artifact.data, "own.py"), "import beside, cart\nprint(beside.name)\n");
  assert.equal((await start(artifact, ["python", "own.py"])).stdout, "beside\n");
});

test("modules of PYTHONPATH and of the user's site do not get in, variables for Python do", async (t) => {
  const artifact = await makeArtifactToStart(t);
  const planted = await makeDirectory(t);
  await plant(planted);
  const site = join(planted, "base", "lib", `python${PYTHON.version}`, "site-packages");
  await mkdir(site, { recursive: true });
  await plant(site);
  const env = {
    PYTHONPATH: planted,
    PYTHONUSERBASE: join(planted, "base"),
    PYTHONSTARTUP: join(planted, "json.py"),
    PYTHONHOME: "",
    PYTHONUNBUFFERED: "1",
    PYTHONHASHSEED: "7",
  };
  for (const _ of ["cold", "warm"]) {
    const { env: seen } = await startFacts(artifact, { env });
    assert.equal(seen["PYTHONPATH"], undefined);
    assert.equal(seen["PYTHONSTARTUP"], undefined);
    assert.equal(seen["PYTHONUNBUFFERED"], "1");
    assert.equal(seen["PYTHONHASHSEED"], "7");
  }
  assert.equal(
    (await start(artifact, ["shop", "exit", "3"], { env: { ...env, PYTHONHOME: planted } })).status,
    3,
  );
});

test("children of every kind see the release", async (t) => {
  const artifact = await makeArtifactToStart(t);
  const { cart, prefix } = await startFacts(artifact);
  assert.ok(cart.startsWith(prefix));
  const print = "import cart, sys; print(cart.__file__)";
  const calls = [
    ["shop", "spawn", "spawn"],
    ["shop", "spawn", "forkserver"],
    ["shop", "spawn", "fork"],
    ["shop", "python", "-c", print],
    ["shop", "python", "-I", "-c", print],
    ["shop", "run", "python3", "-c", print],
    ["shop", "run", `python${PYTHON.version}`, "-c", print],
  ];
  for (const words of calls)
    assert.equal((await start(artifact, words)).stdout, `${cart}\n`, words.join(" "));
  const metadata = "from importlib.metadata import version; print(version('cart'))";
  assert.equal((await start(artifact, ["python", "-c", metadata])).stdout, "2.1\n");
});

test("import path: distributions, then the directories of the plan in their order", async (t) => {
  const artifact = await makeArtifactToStart(t, {
    plan: { importPath: ["lib/später x", "."] },
    application: [fileEntry("app/lib/später x/extra.py", "")],
  });
  const { path, prefix } = await startFacts(artifact);
  assert.deepEqual(path.slice(-3), [
    `${prefix}/lib/python${PYTHON.version}/site-packages`,
    `${prefix}/app/lib/später x`,
    `${prefix}/app`,
  ]);
});

test("the release is marked as in use while a process of it lives, whatever it does to its descriptors", async (t) => {
  const artifact = await makeArtifactToStart(t);
  const look = (code: string) => start(artifact, ["python", "-c", `${LOOK}\n${code}`]);
  assert.equal((await look("print(is_used(), len(os.listdir('/proc/self/fd')) < 9)")).stdout, "True True\n");
  assert.equal((await look("os.closerange(3, 99); print(is_used())")).stdout, "True\n");
  assert.equal(await isUsed(artifact), "False\n");
});

/** Whether somebody, this process included, holds the mark of the release. */
const LOOK = `import fcntl, os, sys
def is_used(path=sys.prefix + "/.in-use"):
    file = os.open(path, os.O_RDONLY)
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        return False
    except BlockingIOError:
        return True
    finally:
        os.close(file)
`;

async function isUsed(artifact: ArtifactToStart): Promise<string> {
  const { prefix } = await startFacts(artifact);
  const words = ["-I", "-c", `${LOOK}\nprint(is_used("${prefix}/.in-use"))`];
  return (await start(artifact, words, { as: PYTHON.path })).stdout;
}
