import type { ArtifactDifference } from "../../artifact/diff-artifacts.ts";
import { defineCommand } from "../command.ts";
import { ARTIFACT } from "./arguments.ts";

export const diffCommand = defineCommand(
  {
    name: "diff",
    summary: "show what changed from one artifact to another",
    details: ["Compares what the manifests say: layers, targets, plans. Layers that both have are not read."],
    positionals: [
      { ...ARTIFACT, name: "old" },
      { ...ARTIFACT, name: "new" },
    ],
    options: {},
    examples: [
      { line: "holdall diff notes-1.0.holdall notes-1.1.holdall", help: "what an upgrade would move" },
    ],
  },
  async ({ old, new: changed }): Promise<ArtifactDifference> => {
    const { openArtifact } = await import("../../artifact/open-artifact.ts");
    const { diffArtifacts } = await import("../../artifact/diff-artifacts.ts");
    return diffArtifacts(await openArtifact(old), await openArtifact(changed));
  },
);
