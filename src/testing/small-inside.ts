import { existsSync } from "node:fs";
import { mkdir, readdir, readFile, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { writeLayer } from "../artifact/layer.ts";
import type { Target } from "../artifact/manifest.ts";
import { renderPrefix } from "../artifact/prefix.ts";
import type { LayerEntry } from "../artifact/tar.ts";
import { writeArtifact } from "../artifact/write-artifact.ts";
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
  *) printf '%s\\n' "$6" >"$HOLDALL_CACHE.started" ;;
esac
`;

const PROCESSORS: Readonly<Record<string, string>> = { x64: "x86_64", arm64: "aarch64" };

/** This machine's, for any glibc. */
const MACHINE: Pick<Target, "processor" | "libc"> = {
  processor: PROCESSORS[process.arch] ?? process.arch,
  libc: { kind: "glibc", floor: "2.2" },
};

export const SMALL_INTERPRETER: readonly LayerEntry[] = [
  fileEntry("python/bin/python3.11", PROGRAM, { isExecutable: true }),
  { kind: "link", path: "python/bin/python3", target: "python3.11" },
  { kind: "link", path: "python/lib/python3.11/again", target: "../../bin/python3" },
  fileEntry("python/lib/python3.11/script (dev).py", ""),
  fileEntry("python/lib/python3.11/Ünicode.py", ""),
  fileEntry("python/lib/python3.11/ünicode.py", ""),
];

/** The small artifact with a layer of kind `interpreter`, and the prefix that a builder gives it. */
export async function writeSmallInside(directory: string, file = "inside.holdall"): Promise<string> {
  const content = await smallContent(directory);
  const layers = join(directory, "layers");
  const interpreter = await writeLayer(SMALL_INTERPRETER, layers, { kind: "interpreter" });
  const targets = content.targets.map((target) => {
    return { ...target, ...MACHINE, layers: [interpreter.identity, ...target.layers] };
  });
  const { path } = await writeArtifact(
    {
      ...{ ...content, targets, renderPrefix },
      layers: [{ ...interpreter, name: "cpython", version: "3.11" }, ...content.layers],
    },
    join(directory, file),
  );
  return path;
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
 * Starts a file by its own prefix, with a cache beside it that is gone afterwards.
 * @param path - in a directory of its own, of which everything else that is found there has strayed.
 */
export async function startBySh(path: string, { PATH }: { readonly PATH: string }): Promise<StartBySh> {
  const place = dirname(path);
  const cache = join(place, "cache");
  const env = { PATH, HOLDALL_CACHE: cache };
  await mkdir(cache);
  try {
    const { stderr } = await runProcess(["/bin/sh", path, "serve"], { env, cwd: cache });
    const found = (await readdir(place, { recursive: true })).sort();
    const started = `${cache}.started`;
    const isHandedOver = existsSync(started) && (await readFile(started, "utf8")) === `${path}\n`;
    return {
      ...{ isHandedOver, stderr },
      layers: found.filter((name) => /^cache\/layers\/./.test(name)),
      strayed: found.filter((name) => join(place, name) !== path && !PLACED.test(name)),
    };
  } finally {
    removeReadOnly(cache);
    await rm(`${cache}.started`, { force: true });
  }
}

/** All that a start may leave. */
const PLACED = /^cache(\.started|\/lock|\/work|\/layers(\/[0-9a-f]{64}(\/python(\/.*)?)?)?)?$/;
