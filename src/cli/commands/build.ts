import { stat } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import type { BuiltArtifact } from "../../builder/build-artifact.ts";
import {
  isTargetPlatform,
  parseTargetPlatform,
  type TargetPlatform,
} from "../../description/target-platform.ts";
import { AppError } from "../../errors/app-error.ts";
import { buildCacheDirectory } from "../../system/cache-directory.ts";
import { undefinedIfMissing } from "../../system/file-errors.ts";
import { defineCommand } from "../command.ts";
import { DIRECTORY } from "./arguments.ts";
import { reportBuilding } from "./report-building.ts";

export const buildCommand = defineCommand(
  {
    name: "build",
    summary: "make the artifact: one file that holds the application and all that it needs",
    details: [
      "Locks are honoured; where there is none, holdall.lock is written. Layers are kept in the cache, so the next build makes only what changed. The same application and lock give the same bytes. See docs/building.md.",
    ],
    positionals: [DIRECTORY],
    options: {
      output: {
        type: "string",
        short: "o",
        value: "PATH",
        is: "file",
        help: "file to write, or directory for NAME-VERSION-TARGETS.holdall (default: this directory)",
      },
      python: {
        type: "string",
        value: "PYTHON",
        isList: true,
        help: "version (3.11, 3.13t) or path of the interpreter to build for, or one that uv installs (uv:3.12) (default: python3, or the newest that fits); several are one target each, the preferred one first",
      },
      target: {
        type: "string",
        value: "TARGET",
        isList: true,
        help: "machines to build for: processor and newest libc that wheels may need, such as x86_64-glibc2.28 or aarch64-musl (default: targets of the description, or machines like this one)",
      },
      "with-python": {
        type: "boolean",
        help: "put the Python inside: the artifact then runs on hosts that have none, and never uses theirs",
      },
      "no-import-check": {
        type: "boolean",
        help: "do not import the application's object, when importing it has effects",
      },
    },
    examples: [
      { line: "holdall build", help: "the application in this directory" },
      { line: "holdall build app --output notes.holdall", help: "another directory, a name of your own" },
      { line: "holdall build --python 3.11", help: "for the Python of the machine that will run it" },
      { line: "holdall build --with-python", help: "for hosts without Python" },
      {
        line: "holdall build --python 3.11,3.13 --target x86_64-glibc2.28,aarch64-glibc2.28",
        help: "one file for two Pythons on two processors",
      },
    ],
  },
  async (
    { dir, output, python, target, "with-python": withPython, "no-import-check": isUnchecked },
    context,
  ): Promise<BuiltArtifact> => {
    const { buildArtifact } = await import("../../builder/build-artifact.ts");
    const { env, signal } = context;
    const place = resolve(output ?? ".");
    const isDirectory = await isDirectoryAt(place);
    if (!isDirectory && !(await isDirectoryAt(dirname(place)))) throw nowhere(place);
    return buildArtifact({
      directory: resolve(dir),
      output: isDirectory ? undefined : place,
      outputDirectory: isDirectory ? place : dirname(place),
      pythons: python,
      targets: target.length === 0 ? undefined : target.map(readTarget),
      withPython,
      checkImports: !isUnchecked,
      cacheDirectory: buildCacheDirectory(env),
      env,
      signal,
      onEvent: reportBuilding(context),
    });
  },
);

async function isDirectoryAt(path: string): Promise<boolean> {
  return (await stat(path).catch(undefinedIfMissing))?.isDirectory() ?? false;
}

/** Said before all the work, not after it. */
function nowhere(path: string): AppError {
  return new AppError({
    code: "file_unwritable",
    message: `cannot write ${path}: ${dirname(path)} is not a directory`,
    hint: "Make the directory first, or name another.",
    details: { file: path },
  });
}

function readTarget(text: string): TargetPlatform {
  const platform = parseTargetPlatform(text);
  if (isTargetPlatform(platform)) return platform;
  throw new AppError({
    code: "usage_wrong",
    message: `cannot use --target: ${platform.reason}`,
    hint: platform.hint,
    details: { option: "--target" },
  });
}
