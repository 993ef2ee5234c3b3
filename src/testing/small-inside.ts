import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { mkdir, rm } from "node:fs/promises";
import { dirname, join, relative } from "node:path";
import { writeLayer } from "../artifact/layer.ts";
import type { Target } from "../artifact/manifest.ts";
import { renderPrefix } from "../artifact/prefix.ts";
import type { LayerEntry } from "../artifact/tar.ts";
import { type ArtifactContent, writeArtifact } from "../artifact/write-artifact.ts";
import { runProcess } from "../system/run-process.ts";
import { fileEntry, removeReadOnly, smallContent } from "./small-artifact.ts";

/**
 * Stands where a Python would be: says that it runs, moves its layer into the store, and otherwise notes the file that it
 * was handed beside the cache. So it is known whether `sh` would have started a Python, without the cost of one.
 */
export const PROGRAM = `#!/bin/sh
case $5 in
  *runs*) echo runs ;;
  *os.rename*) exec mv "$6" "$7" ;;
  *) printf '%s\\n' "$8" >"$HOLDALL_CACHE.started" ;;
esac
`;

const PROCESSORS: Readonly<Record<string, string>> = { x64: "x86_64", arm64: "aarch64" };

/** This machine's, for any glibc. */
const MACHINE: Pick<Target, "processor" | "libc"> = {
  processor: PROCESSORS[process.arch] ?? process.arch,
  libc: { kind: "glibc", floor: "2.2" },
};

const SMALL_INTERPRETER: readonly LayerEntry[] = [
  fileEntry("python/bin/python3.11", PROGRAM, { isExecutable: true }),
  { kind: "link", path: "python/bin/python3", target: "python3.11" },
  { kind: "link", path: "python/lib/python3.11/again", target: "../../bin/python3" },
  fileEntry("python/lib/python3.11/script (dev).py", ""),
  fileEntry("python/lib/python3.11/Ünicode.py", ""),
  fileEntry("python/lib/python3.11/ünicode.py", ""),
];

/** The small artifact with a layer of kind `interpreter`, and the prefix that a builder gives it. */
export async function writeSmallInside(directory: string, file = "inside.holdall"): Promise<string> {
  const content = await withInterpreter(await smallContent(directory), directory);
  return (await writeArtifact(content, join(directory, file))).path;
}

/** The same content, with a layer of kind `interpreter` written into `directory`. */
export async function withInterpreter(content: ArtifactContent, directory: string): Promise<ArtifactContent> {
  const interpreter = await writeLayer(SMALL_INTERPRETER, join(directory, "layers"), { kind: "interpreter" });
  const targets = content.targets.map((target) => {
    return { ...target, ...MACHINE, layers: [interpreter.identity, ...target.layers] };
  });
  const layers = [{ ...interpreter, name: "cpython", version: "3.11" }, ...content.layers];
  return { ...content, targets, layers, renderPrefix };
}

/** What `sh` made of a file. */
export interface StartBySh {
  /** Whether the Python inside was handed the file. */
  readonly isHandedOver: boolean;
  readonly stderr: string;
  /** What is in the store, and in it. */
  readonly layers: readonly string[];
  /** Paths in the directory of the file, without those that the cache has at its place. */
  readonly strayed: readonly string[];
}

/**
 * Starts an artifact by its own prefix, with a cache beside it that is gone afterwards.
 * @param path - in a directory of its own, of which everything else that is found there has strayed.
 */
export async function startBySh(path: string, { PATH }: { readonly PATH: string }): Promise<StartBySh> {
  const place = dirname(path);
  const cache = join(place, "cache");
  const env = { PATH, HOLDALL_CACHE: cache };
  const program = statSync(path).isDirectory() ? join(path, "prefix") : path;
  await mkdir(cache);
  try {
    const { stderr } = await runProcess(["/bin/sh", program, "serve"], { env, cwd: cache });
    const found = readdirSync(place, { recursive: true, encoding: "utf8" }).sort();
    const started = `${cache}.started`;
    const own = relative(place, path);
    const hasStrayed = (name: string) => name !== own && !name.startsWith(`${own}/`) && !PLACED.test(name);
    return {
      isHandedOver: existsSync(started) && readFileSync(started, "utf8") === `${path}\n`,
      stderr,
      layers: found.filter((name) => /^cache\/layers\/./.test(name)),
      strayed: found.filter(hasStrayed),
    };
  } finally {
    removeReadOnly(cache);
    await rm(`${cache}.started`, { force: true });
  }
}

/** All that a start may leave. */
const PLACED = /^cache(\.started|\/lock|\/work|\/layers(\/[0-9a-f]{64}(\/python(\/.*)?)?)?)?$/;
