import type { LackingPackages } from "../../builder/find-lacking-packages.ts";
import type { Described } from "../../description/description.ts";
import { defineCommand } from "../command.ts";
import { DIRECTORY } from "./arguments.ts";

export interface Checked extends Described {
  /** Names of the platforms that make the plan: those described, or detected, with what they imply. */
  readonly platforms: readonly string[];
  /** What to know of how it runs: sentences, from the platforms. */
  readonly notes: readonly string[];
  /** Of the system packages, what this machine lacks; absent when it lacks none. */
  readonly lacking?: LackingPackages;
}

export const checkCommand = defineCommand(
  {
    name: "check",
    summary: "show what holdall understood, and where each value came from",
    details: [
      "Reads the description and the files that say the same things (pyproject.toml, requirements, locks, a Procfile, manage.py), and changes nothing. Mistakes are shown with their line. System packages (`deb`, `rpm`) that this machine lacks are listed with the command that installs them.",
    ],
    positionals: [DIRECTORY],
    options: {},
    examples: [{ line: "holdall check", help: "the application in this directory" }],
  },
  async ({ dir }, { env }): Promise<Checked> => {
    const { findLackingPackages } = await import("../../builder/find-lacking-packages.ts");
    const { readAppFiles } = await import("../../description/app-files.ts");
    const { readDescription } = await import("../../description/read-description.ts");
    const { choosePlatforms, listNotes } = await import("../../platforms/registry.ts");
    const described = await readDescription(dir);
    const { description } = described;
    const input = { description, files: readAppFiles(dir), distributions: [] };
    const platforms = choosePlatforms(input).map(({ name }) => name);
    const lacking = await findLackingPackages(description, env);
    return { ...described, platforms, notes: listNotes(input), ...(lacking && { lacking }) };
  },
);
