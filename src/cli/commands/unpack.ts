import type { Artifact } from "../../artifact/artifact.ts";
import { AppError } from "../../errors/app-error.ts";
import { defineCommand } from "../command.ts";
import { ARTIFACT } from "./arguments.ts";
import { reportVerifying } from "./report-verifying.ts";

/** The artifact in its new form. */
export interface Converted extends Pick<Artifact, "path" | "identity"> {
  readonly form: Artifact["form"] | "environment";
}

export const unpackCommand = defineCommand(
  {
    name: "unpack",
    summary: "write an artifact as a directory",
    details: [
      "The directory is the same artifact, open: it can be run, verified and packed again to the same bytes. It appears only when it is whole and verified.",
      "With --venv it is a release instead: a virtual environment with the application in app/, for servers and tools that want a directory. It is made for a Python of this machine and for this path, and needs neither the artifact nor a cache any more. Its two parts, laid over one another, are the whole; in an image each can be a layer.",
    ],
    positionals: [
      ARTIFACT,
      { name: "dir", help: "a directory that does not exist yet", arity: "one", is: "directory" },
    ],
    options: {
      venv: { type: "boolean", help: "make a virtual environment, ready to run" },
      only: { type: "string", value: "PART", help: "with --venv: `dependencies` or `application`" },
    },
    examples: [
      { line: "holdall unpack notes.holdall notes", help: "look into it, or sync it layer by layer" },
      { line: "holdall unpack --venv notes.holdall /srv/notes", help: "for a server that wants a directory" },
    ],
  },
  async ({ artifact, dir, venv, only }, context): Promise<Converted> => {
    const { openArtifact } = await import("../../artifact/open-artifact.ts");
    const opened = await openArtifact(artifact);
    if (venv) {
      const { unpackEnvironment } = await import("../../artifact/unpack-environment.ts");
      const { env, signal } = context;
      await unpackEnvironment(opened, dir, { part: parsePart(only), env, signal });
      return { path: dir, form: "environment", identity: opened.identity };
    }
    if (only !== undefined) throw wrongPart(`--only ${only} goes with --venv`);
    const { unpackArtifact } = await import("../../artifact/unpack-artifact.ts");
    const { path, form, identity } = await unpackArtifact(opened, dir, reportVerifying(context));
    return { path, form, identity };
  },
);

function parsePart(part: string | undefined) {
  if (part === undefined || part === "dependencies" || part === "application") return part;
  throw wrongPart(`--only is ${part}, not dependencies or application`);
}

function wrongPart(reason: string): AppError {
  return new AppError({
    code: "usage_wrong",
    message: `cannot unpack: ${reason}`,
    hint: "Use `--venv --only dependencies` or `--venv --only application`.",
  });
}
