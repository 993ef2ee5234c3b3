import type { Artifact } from "../../artifact/artifact.ts";
import { defineCommand } from "../command.ts";
import { ARTIFACT } from "./arguments.ts";
import { reportVerifying } from "./report-verifying.ts";

/** The artifact in its new form. */
export type Converted = Pick<Artifact, "path" | "form" | "identity">;

export const unpackCommand = defineCommand(
  {
    name: "unpack",
    summary: "write an artifact as a directory",
    details: [
      "The directory is the same artifact, open: it can be run, verified and packed again to the same bytes. It appears only when it is whole and verified.",
    ],
    positionals: [
      ARTIFACT,
      { name: "dir", help: "a directory that does not exist yet", arity: "one", is: "directory" },
    ],
    options: {},
    examples: [
      { line: "holdall unpack notes.holdall notes", help: "look into it, or sync it layer by layer" },
    ],
  },
  async ({ artifact, dir }, context): Promise<Converted> => {
    const { openArtifact } = await import("../../artifact/open-artifact.ts");
    const { unpackArtifact } = await import("../../artifact/unpack-artifact.ts");
    const { path, form, identity } = await unpackArtifact(
      await openArtifact(artifact),
      dir,
      reportVerifying(context),
    );
    return { path, form, identity };
  },
);
