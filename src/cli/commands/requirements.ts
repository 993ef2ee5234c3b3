import { resolve } from "node:path";
import type { Requirement } from "../../environment/check-requirements.ts";
import { defineCommand } from "../command.ts";
import { APPLICATION, ENVIRONMENT_OPTIONS } from "./arguments.ts";

export const requirementsCommand = defineCommand(
  {
    name: "requirements",
    summary: "check that all is here that an application needs to run",
    details: [
      "Packages of the system, a Python with its distributions, settings, each service, and then what the application checks itself (`verify` of its `lifecycle`). What is not met is explained, with what to do; the exit status is then 1.",
    ],
    positionals: [APPLICATION],
    options: ENVIRONMENT_OPTIONS,
    examples: [
      { line: "holdall requirements", help: "the application in this directory" },
      {
        line: "holdall requirements notes.holdall --settings production.env",
        help: "an artifact, before it is started",
      },
    ],
  },
  async ({ application, ...values }, context): Promise<readonly Requirement[]> => {
    const { checkRequirements } = await import("../../environment/check-requirements.ts");
    const { readPlace } = await import("./read-place.ts");
    const path = resolve(application);
    return checkRequirements(path, readPlace(path, values, context));
  },
);
