import type { Artifact } from "../../artifact/artifact.ts";
import { defineCommand } from "../command.ts";
import { ARTIFACT } from "./arguments.ts";
import { reportVerifying } from "./report-verifying.ts";

/** Given only when everything is right: whatever is wrong is an error. */
export interface Verified extends Pick<Artifact, "path" | "form" | "identity"> {
  readonly name: string;
  readonly version: string;
  readonly layers: number;
}

export const verifyCommand = defineCommand(
  {
    name: "verify",
    summary: "check every byte of an artifact against its manifest",
    details: [
      "Structure, digests, limits and paths, as docs/artifact.md says. Its identity is the digest of the manifest: compare it with the one that the builder printed to know that this is the artifact that was built.",
    ],
    positionals: [ARTIFACT],
    options: {},
    examples: [{ line: "holdall verify notes.holdall", help: "exit status 0 when all is right" }],
  },
  async ({ artifact: path }, context): Promise<Verified> => {
    const { openArtifact } = await import("../../artifact/open-artifact.ts");
    const { verifyArtifact } = await import("../../artifact/verify-artifact.ts");
    const artifact = await openArtifact(path);
    await verifyArtifact(artifact, reportVerifying(context));
    const { form, identity, manifest } = artifact;
    const { name, version } = manifest;
    return { path, form, identity, name, version, layers: Object.keys(manifest.layers).length };
  },
);
