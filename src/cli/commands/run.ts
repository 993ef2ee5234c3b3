import { closeSync, openSync, readSync, statSync } from "node:fs";
import { join } from "node:path";
import { AppError } from "../../errors/app-error.ts";
import { errnoOf } from "../../system/file-errors.ts";
import { defineCommand } from "../command.ts";
import { ARTIFACT } from "./arguments.ts";

// docs/artifact.md, section 3: every artifact starts so.
const START = "#!/bin/sh\nholdall_id='";

export const runCommand = defineCommand(
  {
    name: "run",
    summary: "run a command of an artifact",
    details: [
      "The same as starting the file itself, also where its executable bit is lost or the file system refuses to execute, and for an open artifact. All words after ARTIFACT are the application's. holdall is replaced by it: process id, terminal, signals and exit status are its own.",
    ],
    positionals: [
      ARTIFACT,
      {
        name: "command",
        help: "name of a command, with its arguments; without one, lists them",
        arity: "rest",
        is: "text",
      },
    ],
    options: {},
    examples: [
      { line: "holdall run notes.holdall", help: "name, version, commands" },
      { line: "holdall run notes.holdall migrate", help: "a command of the application" },
      { line: "PORT=9000 holdall run notes.holdall serve", help: "serve on another port" },
    ],
  },
  async ({ artifact, command }, { env }): Promise<never> => {
    const script = findScript(artifact);
    // execve(2), and no child: whoever started holdall has started the application.
    if (process.execve === undefined) throw new Error("this build of Node has no execve"); // on Windows
    process.execve("/bin/sh", ["/bin/sh", script, ...command], { ...env });
    throw new Error("execve returned");
  },
);

/** The file for `sh`: the artifact, or the prefix of an open one. */
function findScript(path: string): string {
  try {
    const script = statSync(path).isDirectory() ? join(path, "prefix") : path;
    if (readStart(script) === START) return script;
  } catch (cause) {
    const reason =
      errnoOf(cause) === "ENOENT" ? "there is no such file" : `the system says ${errnoOf(cause)}`;
    const message = `cannot run ${path}: ${reason}`;
    throw new AppError({ code: "artifact_unreadable", message, details: { file: path }, cause });
  }
  throw new AppError({
    code: "artifact_unreadable",
    message: `cannot run ${path}: it is not an artifact`,
    hint: "Make one with `holdall build`.",
    details: { file: path },
  });
}

function readStart(file: string): string {
  const descriptor = openSync(file, "r");
  try {
    const bytes = Buffer.alloc(START.length);
    return bytes.toString("latin1", 0, readSync(descriptor, bytes, 0, bytes.length, 0));
  } finally {
    closeSync(descriptor);
  }
}
