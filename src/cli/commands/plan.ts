import type { Plan } from "../../artifact/plan.ts";
import { defineCommand } from "../command.ts";
import { DIRECTORY } from "./arguments.ts";

/** A plan, and who made it. */
export interface Planned extends Plan {
  readonly name: string;
  readonly platforms: readonly string[];
}

export const planCommand = defineCommand(
  {
    name: "plan",
    summary: "show how the application would be started, without building it",
    details: [
      "The commands of distributions are known once they are resolved: `holdall inspect` shows them in the artifact.",
    ],
    positionals: [DIRECTORY],
    options: {
      development: { type: "boolean", help: "as `holdall dev` would start it from its checkout" },
    },
    examples: [
      { line: "holdall plan", help: "commands, processes and objects" },
      { line: "holdall plan --json", help: "the same for programs" },
    ],
  },
  async ({ dir, development: isDevelopment }): Promise<Planned> => {
    const { readAppFiles } = await import("../../description/app-files.ts");
    const { readDescription } = await import("../../description/read-description.ts");
    const { choosePlatforms, planApplication } = await import("../../platforms/registry.ts");
    const { description } = await readDescription(dir);
    const input = { description, files: readAppFiles(dir), distributions: [], isDevelopment };
    const platforms = choosePlatforms(input).map(({ name }) => name);
    return { name: description.name, platforms, ...planApplication(input) };
  },
);
