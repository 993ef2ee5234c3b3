import { mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { TestContext } from "node:test";
import { type BuildOptions, type BuiltArtifact, buildArtifact } from "../builder/build-artifact.ts";
import type { BuildRun } from "../builder/build-run.ts";
import type { BuildEvent } from "../builder/events.ts";
import { findInterpreter } from "../builder/python/find-interpreter.ts";
import { findUv } from "../builder/uv/find-uv.ts";
import { PACKAGE_ROOT } from "../system/package-root.ts";
import { makeDirectory } from "./small-artifact.ts";

/** What tests keep between runs: uv, when the machine has none; the Python inside, which takes seconds to pack. */
export const TOOLS = join(PACKAGE_ROOT, "node_modules/.cache/holdall-tests");

/** The uv of the machine, else the one that holdall fetches from the machine's index, once. */
export async function findTestUv(): Promise<string> {
  const run: BuildRun = {
    ...{ directory: PACKAGE_ROOT, work: TOOLS, cache: TOOLS, env: process.env, signal: undefined },
    onEvent: () => {},
  };
  const interpreter = await findInterpreter(run, { wanted: undefined, requirement: undefined });
  return (await findUv(run, interpreter, undefined)).path;
}

export interface Workshop {
  /** Of the application. */
  readonly directory: string;
  readonly output: string;
  readonly cache: string;
  readonly home: string;
  /** Of all builds until now. */
  readonly events: readonly BuildEvent[];
  build(options?: Partial<BuildOptions>): Promise<BuiltArtifact>;
  write(files: Readonly<Record<string, string>>): void;
  /** What is left of work that should have gone. */
  leftovers(): string[];
}

/**
 * An application, with a cache and a home of its own, that is built for Python 3 of this machine.
 *
 * @param index - the only package index; without one, that of the machine.
 */
export async function makeWorkshop(
  t: TestContext,
  files: Readonly<Record<string, string>>,
  index?: string,
): Promise<Workshop> {
  const root = await makeDirectory(t);
  const [directory, output, cache, home] = ["app", "out", "cache", "home"].map((name) => {
    const path = join(root, name);
    mkdirSync(path);
    return path;
  }) as [string, string, string, string]; // as many as names
  const events: BuildEvent[] = [];
  const uv = await findTestUv();
  const own =
    index === undefined ? {} : { UV_DEFAULT_INDEX: index, UV_NO_CONFIG: "1", UV_CACHE_DIR: join(root, "uv") };
  const env = { ...process.env, HOME: home, UV_HTTP_RETRIES: "0", ...own };
  const write = (more: Readonly<Record<string, string>>) => {
    for (const [path, text] of Object.entries(more)) {
      mkdirSync(dirname(join(directory, path)), { recursive: true });
      writeFileSync(join(directory, path), text);
    }
  };
  write(files);
  return {
    ...{ directory, output, cache, home, events, write },
    build: (options) =>
      buildArtifact({
        ...{ directory, outputDirectory: output, cacheDirectory: cache, env, uv },
        onEvent: (event) => events.push(event),
        ...options,
      }),
    leftovers: () => [...readdirSync(join(cache, "work")), ...readdirSync(output)],
  };
}
