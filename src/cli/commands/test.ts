import { tmpdir } from "node:os";
import { resolve } from "node:path";
import type { TestOutcome } from "../../environment/test-application.ts";
import { buildCacheDirectory } from "../../system/cache-directory.ts";
import { defineCommand } from "../command.ts";
import { APPLICATION, ENVIRONMENT_OPTIONS } from "./arguments.ts";
import { reportBuilding } from "./report-building.ts";
import { reportEnvironment } from "./report-environment.ts";

const STDOUT = 1;
const STDERR = 2;

export const testCommand = defineCommand(
  {
    name: "test",
    summary: "run the unit tests of an application in a clean environment",
    details: [
      "Made from nothing but the description and the locks: fresh directories, fresh services, settings by their defaults, `migrate` if the application has it, and what only the tests need (`test_pip`). Then `unit_test` of its `lifecycle` runs, or pytest where the application shows it, and its exit status is that of holdall. Everything is gone afterwards. See docs/environment.md.",
    ],
    positionals: [
      APPLICATION,
      {
        name: "argument",
        help: "words for the command of the tests",
        arity: "rest",
        is: "text",
        isSeparated: true,
      },
    ],
    options: {
      keep: {
        type: "boolean",
        help: "keep the directory of the environment, to look at what the tests left",
      },
      settings: ENVIRONMENT_OPTIONS.settings,
      set: ENVIRONMENT_OPTIONS.set,
    },
    examples: [
      { line: "holdall test", help: "the application in this directory" },
      { line: "holdall test -- -k login -x", help: "some of its tests: pytest gets these words" },
      { line: "holdall test notes.holdall", help: "an artifact, as it will be delivered" },
    ],
  },
  async ({ application, argument: args, keep, settings, set }, context): Promise<TestOutcome> => {
    const { testApplication } = await import("../../environment/test-application.ts");
    const { env, signal, isJson, hideProgress } = context;
    return testApplication({
      ...{ application: resolve(application), args, parent: tmpdir(), keep, settingsFile: settings, set },
      ...{ env, signal, cacheDirectory: buildCacheDirectory(env) },
      output: isJson ? STDERR : STDOUT,
      onTests: hideProgress,
      onEvent: reportEnvironment(context),
      onBuildEvent: reportBuilding(context),
    });
  },
);
