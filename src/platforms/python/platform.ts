import type { Platform } from "../platform.ts";
import { findLackedServers } from "../servers/plan-server.ts";
import { planCommands } from "./commands.ts";
import { parseReference } from "./find-objects.ts";
import { planTests } from "./plan-tests.ts";
import { planProcesses } from "./processes.ts";
import { planImportPath } from "./source-roots.ts";

const MARKS = ["pyproject.toml", "requirements.txt", "setup.py", "setup.cfg", "Pipfile"];

/** Everything that any Python application has: an import path, commands, processes. */
export const pythonPlatform: Platform = {
  name: "python",
  help: "Any Python application: an import path, the commands of its distributions, processes.",
  requires: () => [],

  detect({ description, files }) {
    const mark = MARKS.find((name) => files.has(name));
    if (mark !== undefined) return mark;
    if (description.pip.length > 0) return "pip";
    return files.list(".").find((name) => name.endsWith(".py"));
  },

  requirements: findLackedServers,

  refine(plan, input) {
    const { commands, scripts } = planCommands(input);
    const tests = planTests(input);
    const { app } = input.description;
    return {
      ...plan,
      importPath: [...new Set([...plan.importPath, ...planImportPath(input)])],
      scripts: { ...plan.scripts, ...scripts },
      commands: { ...plan.commands, ...(tests && { unit_test: tests }), ...commands },
      processes: { ...plan.processes, ...planProcesses(input) },
      ...(tests && {
        lifecycle: { unit_test: { command: "unit_test", hasOwnData: true }, ...plan.lifecycle },
      }),
      // What is known of any object; platforms that serve it say more.
      objects: { ...(app && { app: { interface: "python", ...parseReference(app) } }), ...plan.objects },
    };
  },
};
