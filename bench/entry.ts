import { appendFileSync, existsSync, mkdirSync, readdirSync, renameSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { type Application, copyApplication } from "./applications.ts";
import type { BuildInput, Contender } from "./contenders/contender.ts";
import { environmentOf, type Lab } from "./lab.ts";
import { run } from "./run.ts";

/** An application as one contender has built it. */
export interface Entry {
  readonly name: string;
  readonly contender: Contender;
  readonly application: Application;
  readonly input: BuildInput;
}

/** Copies the application for this contender alone, and builds it once. */
export function makeEntry(lab: Lab, application: Application, contender: Contender): Entry {
  const { name } = contender;
  const home = join(lab.scratch, application.name, name.replaceAll(/[^A-Za-z]+/g, "-"));
  const cache = join(home, "cache");
  mkdirSync(cache, { recursive: true });
  const directory = join(home, "app");
  copyApplication(application, directory);
  const input: BuildInput = {
    ...{ lab, directory, cache, module: application.module },
    output: join(home, "output"),
    env: environmentOf(lab, cache),
  };
  contender.build(input);
  return { name, contender, application, input };
}

let changes = 0;

/** Another line at every call, so that no cache has seen it. */
export function changeLine({ application, input }: Entry): void {
  changes += 1;
  appendFileSync(join(input.directory, application.changedFile), `\n# changed: ${changes}\n`);
}

/** The command line and environment of a start whose caches are below `cache`. */
export function startOf(
  { contender, input }: Entry,
  { command, cache }: { readonly command: string; readonly cache: string },
): { argv: [string, ...string[]]; cwd: string; env: NodeJS.ProcessEnv } {
  const env = environmentOf(input.lab, cache);
  return { argv: contender.start(input, command), cwd: cache, env };
}

let aside = 0;

/**
 * Gets a path out of the way, and what was written onto the disk. It is deleted with all else at the end of the bench:
 * ext4 searches among inodes that were just deleted for minutes, and whoever makes files then would pay for it.
 */
export function putAside(path: string): void {
  aside += 1;
  if (existsSync(path)) renameSync(path, `${path}.aside-${aside}`);
  run(["sync"], { cwd: "/", env: process.env });
}

/** Also what is read-only, such as a release. */
export function removeTree(path: string): void {
  if (!existsSync(path)) return;
  run(["chmod", "-R", "u+w", path], { cwd: "/", env: process.env });
  rmSync(path, { recursive: true, force: true, maxRetries: 3 });
}

/** Regular files of a directory and below it, links not followed; a file is a list of itself. */
export function listFiles(path: string): string[] {
  if (statSync(path).isFile()) return [path];
  return readdirSync(path, { recursive: true, withFileTypes: true })
    .filter((each) => each.isFile())
    .map(({ parentPath, name }) => join(parentPath, name))
    .toSorted();
}

/** Bytes that it takes on the disk, of several links to a file one. */
export function diskUsage(paths: readonly string[], env: NodeJS.ProcessEnv): number {
  const lines = run(["du", "-sc", "--block-size=1", ...paths], { cwd: "/", env })
    .trim()
    .split("\n");
  return Number.parseInt(lines.at(-1) ?? "", 10);
}
