import { stat } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import type { BuiltArtifact } from "../../builder/build-artifact.ts";
import { undefinedIfMissing } from "../../system/file-errors.ts";
import { cacheDirectory } from "../cache-directory.ts";
import { defineCommand } from "../command.ts";
import { describeBuildEvent } from "../render/build-event.ts";
import { DIRECTORY } from "./arguments.ts";

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
        help: "file to write, or directory for NAME-VERSION-TARGET.holdall (default: this directory)",
      },
      python: {
        type: "string",
        value: "PYTHON",
        help: "version (3.11) or path of the interpreter to build for (default: python3 if it fits, else the newest that does)",
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
    ],
  },
  async ({ dir, output, python, "no-import-check": isUnchecked }, context): Promise<BuiltArtifact> => {
    const { buildArtifact } = await import("../../builder/build-artifact.ts");
    const { env, signal, onProgress } = context;
    const place = resolve(output ?? ".");
    const isDirectory = (await stat(place).catch(undefinedIfMissing))?.isDirectory() ?? false;
    return buildArtifact({
      directory: resolve(dir),
      output: isDirectory ? undefined : place,
      outputDirectory: isDirectory ? place : dirname(place),
      python,
      checkImports: !isUnchecked,
      cacheDirectory: join(cacheDirectory(env), "build"),
      env,
      signal,
      onEvent: (event) => {
        const progress = describeBuildEvent(event);
        if (progress) onProgress(progress);
      },
    });
  },
);
