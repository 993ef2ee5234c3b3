import type { Artifact } from "../../artifact/artifact.ts";
import { defineCommand } from "../command.ts";
import { ARTIFACT } from "./arguments.ts";

/** What an artifact says of itself; layers are not read. */
export interface Inspected extends Pick<Artifact, "path" | "form" | "identity" | "manifest"> {
  /** Bytes of prefix and members, without the archive's own headers. */
  readonly size: number;
}

export const inspectCommand = defineCommand(
  {
    name: "inspect",
    summary: "show what an artifact contains and how it is started",
    details: ["Checks everything but the bytes of the layers: `holdall verify` does that too."],
    positionals: [ARTIFACT],
    options: {},
    examples: [
      { line: "holdall inspect notes.holdall", help: "targets, layers, commands" },
      { line: "holdall inspect notes.holdall --json", help: "the whole manifest" },
    ],
  },
  async ({ artifact }): Promise<Inspected> => {
    const { openArtifact } = await import("../../artifact/open-artifact.ts");
    const { form, identity, manifest, members, prefix } = await openArtifact(artifact);
    const size = [prefix, ...members.values()].reduce((sum, place) => sum + place.size, 0);
    return { path: artifact, form, identity, size, manifest };
  },
);
