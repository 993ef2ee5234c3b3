import { join, resolve } from "node:path";
import { findForm } from "../../environment/application-form.ts";
import type { Requirement } from "../../environment/check-requirements.ts";
import { cacheDirectory } from "../../system/cache-directory.ts";
import { defineCommand } from "../command.ts";
import { describeBuildEvent } from "../render/build-event.ts";
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
  async ({ application, ...values }, { env, signal, onProgress }): Promise<readonly Requirement[]> => {
    const { checkRequirements } = await import("../../environment/check-requirements.ts");
    const { readAddress } = await import("./open-place.ts");
    const path = resolve(application);
    const isCheckout = findForm(path) === "checkout";
    return checkRequirements(path, {
      base: resolve(values.environment ?? (isCheckout ? path : ".")),
      kind: isCheckout ? "development" : "run",
      ...{ address: readAddress(values, env), env, signal, set: values.set, settingsFile: values.settings },
      cacheDirectory: join(cacheDirectory(env), "build"),
      onBuildEvent: (event) => {
        const progress = describeBuildEvent(event);
        if (progress) onProgress(progress);
      },
    });
  },
);
