import { execFileSync } from "node:child_process";
import { chmod, mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import type { TestContext } from "node:test";
import { type WrittenLayer, writeLayer } from "../artifact/layer.ts";
import type { Target } from "../artifact/manifest.ts";
import type { ArgvCommand, Plan } from "../artifact/plan.ts";
import { renderPrefix } from "../artifact/prefix.ts";
import { readSupportMembers } from "../artifact/support-members.ts";
import type { LayerEntry } from "../artifact/tar.ts";
import { type ArtifactLayer, writeArtifact } from "../artifact/write-artifact.ts";
import { type ProcessResult, runProcess } from "../system/run-process.ts";
import { fileEntry, makeDirectory, removeReadOnly } from "./small-artifact.ts";

/** The `python3` of PATH, which the artifacts here are for. */
export const PYTHON = describePython("python3");

/** With the interpreter itself first: what is called `python3` may be a shim, and slow. */
export const PATH = [dirname(PYTHON.path), process.env["PATH"]].join(delimiter);

export interface ArtifactToStart {
  /** Of the file. */
  readonly path: string;
  readonly identity: string;
  readonly cache: string;
  /** A fresh working directory, empty. */
  readonly data: string;
  /** What a start inherits: nothing but the cache and PATH. */
  readonly env: Readonly<Record<string, string>>;
}

export interface ArtifactOptions {
  /** Under the temporary directory of the test. */
  readonly file?: string;
  readonly cache?: string;
  readonly target?: Partial<Target>;
  /** After the first one. */
  readonly otherTargets?: readonly Partial<Target>[];
  readonly plan?: Partial<Plan>;
  readonly application?: readonly LayerEntry[];
  readonly distribution?: readonly LayerEntry[];
  /** Beside those of the program inside. */
  readonly members?: Readonly<Record<string, Uint8Array>>;
  /** Distributions that only `otherTargets` name. */
  readonly more?: readonly ArtifactLayer[];
  /** A layer of kind `interpreter`; without one, the host's Python starts it. `target` says for which machine it is. */
  readonly interpreter?: ArtifactLayer;
}

/** A sealed artifact with the application of `shop.py`, and a place to start it. */
export async function makeArtifactToStart(
  t: TestContext,
  options: ArtifactOptions = {},
): Promise<ArtifactToStart> {
  const directory = await mkdtemp(join(tmpdir(), "holdall-"));
  t.after(() => removeReadOnly(directory));
  const layers = join(directory, "layers");
  const application = await writeLayer(
    [fileEntry("app/shop.py", SHOP), ...(options.application ?? [])],
    layers,
    {
      kind: "application",
    },
  );
  const distribution = await writeCart(layers, options.distribution ?? []);
  const inside = options.interpreter === undefined ? [] : [options.interpreter];
  const { more = [] } = options;
  const usual: Target = {
    python: { implementation: "cpython", version: PYTHON.version, abi: PYTHON.abi },
    processor: "any",
    layers: [...inside, distribution, application].map(({ identity }) => identity),
    plan: {
      importPath: ["."],
      scripts: { shop: "shop:main" },
      commands: COMMANDS,
      processes: {},
      objects: {},
      ...options.plan,
    },
  };
  const targets = [options.target, ...(options.otherTargets ?? [])].map((own) => ({ ...usual, ...own }));
  const path = join(directory, options.file ?? "shop.holdall");
  const { identity } = await writeArtifact(
    {
      holdall: "0.1.0",
      name: "shop",
      version: "1.0",
      description: { name: "shop" },
      layers: [
        ...inside,
        { ...distribution, name: "cart", version: "2.1" },
        ...more,
        { ...application, name: "shop", version: "1.0" },
      ],
      targets,
      support: { ...(await readSupportMembers()), ...options.members },
      renderPrefix,
    },
    path,
  );
  await chmod(path, 0o755);
  const cache = join(directory, options.cache ?? "cache");
  const data = await makeDirectory(t);
  return { path, identity, cache, data, env: { HOLDALL_CACHE: cache, PATH } };
}

/** The distribution `cart` with a program of that name. */
function writeCart(layers: string, more: readonly LayerEntry[]): Promise<WrittenLayer> {
  const info = "site-packages/cart-2.1.dist-info";
  const entries = [
    fileEntry("site-packages/cart.py", "items = []\n\ndef main():\n    print('cart', __file__)\n"),
    fileEntry(`${info}/METADATA`, "Metadata-Version: 2.1\nName: cart\nVersion: 2.1\n"),
    fileEntry(`${info}/entry_points.txt`, "[console_scripts]\ncart = cart:main\n"),
    ...more,
  ];
  return writeLayer(entries, layers, { kind: "distribution" });
}

export interface StartOptions {
  /** Words before the file: a shell. */
  readonly by?: readonly string[];
  /** As which path the file is named. */
  readonly as?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  readonly input?: string;
}

/** Runs the artifact to its end. `env` is added to that of the artifact; an empty value takes a variable away. */
export function start(
  artifact: ArtifactToStart,
  words: readonly string[],
  { by = [], as = artifact.path, env = {}, cwd = artifact.data, input }: StartOptions = {},
): Promise<ProcessResult> {
  const merged = Object.entries({ ...artifact.env, ...env }).filter(([, value]) => value !== "");
  return runProcess([...by, as, ...words], {
    cwd,
    env: Object.fromEntries(merged),
    ...(input === undefined ? {} : { input }),
  });
}

/** What the application says about the process that it runs in. */
export interface Facts {
  readonly argv: readonly string[];
  readonly pid: number;
  readonly path: readonly string[];
  readonly executable: string;
  readonly prefix: string;
  readonly env: Readonly<Record<string, string>>;
  readonly cart: string;
}

/** Starts `shop facts` and returns what it says. */
export async function startFacts(artifact: ArtifactToStart, options: StartOptions = {}): Promise<Facts> {
  const { status, stdout, stderr } = await start(artifact, ["shop", "facts"], options);
  if (status !== 0) throw new Error(`status ${status}: ${stderr}`);
  return JSON.parse(stdout) as Facts; // printed by SHOP below
}

const argv = (...words: string[]): ArgvCommand => ({ kind: "argv", argv: words, help: "", origin: "own" });

const COMMANDS = {
  serve: argv("shop", "facts", "{host}:{port}", "{app}/x", "{{}} $HOME 'q'"),
  "facts-by-module": argv("python", "-m", "shop", "facts"),
  absent: argv("no-such-program"),
};

/** Each command of `shop` does one thing that a start must not spoil. */
const SHOP = `import json, os, signal, sys


def facts():
    import cart

    print(json.dumps({
        "argv": sys.argv, "pid": os.getpid(), "path": sys.path, "executable": sys.executable, "prefix": sys.prefix,
        "env": dict(os.environ), "cart": cart.__file__,
    }))


def child(queue):
    import cart

    queue.put(cart.__file__)


def spawn(method):
    import multiprocessing

    context = multiprocessing.get_context(method)
    queue = context.Queue()
    process = context.Process(target=child, args=(queue,))
    process.start()
    print(queue.get())
    process.join()


def wait():
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(23))
    print(os.getpid(), flush=True)
    while True:
        signal.pause()


def main():
    name, *rest = sys.argv[1:]
    if name == "exit":
        return int(rest[0])
    if name == "copy":
        sys.stdout.write(sys.stdin.read())
    elif name == "run":
        import subprocess

        return subprocess.run(rest).returncode
    elif name == "python":
        import subprocess

        return subprocess.run([sys.executable, *rest]).returncode
    else:
        {"facts": facts, "spawn": spawn, "wait": wait}[name](*rest[: name == "spawn"])


if __name__ == "__main__":
    main()
`;

export function describePython(program: string) {
  const code =
    "import json,os,sys;print(json.dumps({'path':os.path.realpath(sys.executable),'minor':list(sys.version_info[:2]),'flags':sys.abiflags,'processor':os.uname().machine}))";
  const facts = JSON.parse(execFileSync(program, ["-I", "-S", "-c", code], { encoding: "utf8" }));
  const [major, minor] = facts.minor;
  return {
    path: String(facts.path),
    version: `${major}.${minor}`,
    abi: `cp${major}${minor}${facts.flags}`,
    processor: String(facts.processor),
  };
}
