import { resolve } from "node:path";
import type { DescribedSetting } from "../../environment/app-package/described-setting.ts";
import { defineCommand } from "../command.ts";
import { APPLICATION, ENVIRONMENT_OPTIONS } from "./arguments.ts";

export const settingsCommand = defineCommand(
  {
    name: "settings",
    summary: "show the settings of an application, and where each value comes from",
    details: [
      "Values are those that `holdall run` would use here: defaults and generated ones, the settings file, the environment, `--set`. Secrets are masked. `holdall run APPLICATION generate-config` prints a settings file to start from.",
    ],
    positionals: [APPLICATION],
    options: {
      settings: ENVIRONMENT_OPTIONS.settings,
      set: ENVIRONMENT_OPTIONS.set,
      environment: ENVIRONMENT_OPTIONS.environment,
    },
    examples: [
      { line: "holdall settings", help: "the application in this directory" },
      { line: "holdall settings notes.holdall --json", help: "an artifact, for programs" },
    ],
  },
  async ({ application, settings, set, environment }, { env }): Promise<readonly DescribedSetting[]> => {
    const { readSettings } = await import("../../environment/settings/read-settings.ts");
    const { readBase } = await import("./read-place.ts");
    const path = resolve(application);
    return readSettings(path, { base: readBase(path, { environment }), env, settingsFile: settings, set });
  },
);
