import { defineCommand } from "../command.ts";
import { reportVerifying } from "./report-verifying.ts";
import type { Converted } from "./unpack.ts";

export const packCommand = defineCommand(
  {
    name: "pack",
    summary: "write the directory of an open artifact as one file",
    details: ["The bytes are those that the file had before `holdall unpack`."],
    positionals: [
      { name: "dir", help: "directory of an open artifact", arity: "one", is: "directory" },
      { name: "file", help: "a file that does not exist yet", arity: "one", is: "file" },
    ],
    options: {},
    examples: [{ line: "holdall pack notes notes.holdall", help: "the way back from unpack" }],
  },
  async ({ dir, file }, context): Promise<Converted> => {
    const { packArtifact } = await import("../../artifact/pack-artifact.ts");
    const { path, form, identity } = await packArtifact(dir, file, reportVerifying(context));
    return { path, form, identity };
  },
);
