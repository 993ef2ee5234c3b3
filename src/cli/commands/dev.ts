import { resolve } from "node:path";
import type { EndedDevelopment } from "../../environment/development/run-development.ts";
import { AppError } from "../../errors/app-error.ts";
import { defineCommand } from "../command.ts";
import { APPLICATION, ENVIRONMENT_OPTIONS } from "./arguments.ts";

export const devCommand = defineCommand(
  {
    name: "dev",
    summary: "run all of an application from its checkout, with its services",
    details: [
      "Nothing is built: dependencies are installed as the locks say, services are started, migrations are offered, and every process runs with its output in one log. When files change, the processes start again. Ctrl-C ends all of it, in order. See docs/developing.md.",
    ],
    positionals: [APPLICATION],
    options: {
      ...ENVIRONMENT_OPTIONS,
      only: {
        type: "string",
        value: "PROCESS",
        isList: true,
        help: "processes to run (default: all)",
      },
      host: { type: "string", value: "HOST", help: "address to listen at (default: $HOST, or 127.0.0.1)" },
      migrate: { type: "boolean", help: "bring the data up to date first, without asking" },
      "no-migrate": { type: "boolean", help: "do not, and do not ask" },
      "no-reload": { type: "boolean", help: "do not start again when files change" },
      timestamps: { type: "boolean", help: "show the time of each line (UTC)" },
      python: { type: "string", value: "PYTHON", help: "version or path of the Python for a checkout" },
    },
    examples: [
      { line: "holdall dev", help: "the application in this directory" },
      { line: "holdall dev examples/flask-guestbook --port 9000", help: "another directory, another port" },
      { line: "holdall dev --only web,worker --no-reload", help: "some of its processes" },
      { line: "holdall dev notes.holdall --environment tmp", help: "an artifact, with its data in tmp" },
    ],
  },
  async (args, context): Promise<EndedDevelopment> => {
    const { runDevelopment } = await import("../../environment/development/run-development.ts");
    const { readPlace } = await import("./read-place.ts");
    const { env, onEvent, confirm } = context;
    const application = resolve(args.application);
    const place = readPlace(application, args, context);
    if (args.migrate && args["no-migrate"])
      throw wrong("--no-migrate", "--migrate is there too", "Write one of them.");
    const decided = args.migrate || args["no-migrate"] ? args.migrate : undefined;
    const ask = confirm && ((command: string, until: AbortSignal) => confirm(`Run ${command} now?`, until));
    return runDevelopment({
      ...place,
      ...{ application, workingDirectory: process.cwd(), env: { ...env }, signal: context.signal, onEvent },
      address: { ...place.address, host: args.host ?? place.address.host },
      only: args.only.length === 0 ? undefined : args.only,
      reload: !args["no-reload"],
      migrate: decided ?? ask,
      python: args.python,
    });
  },
);

function wrong(option: string, reason: string, hint: string): AppError {
  return new AppError({
    code: "usage_wrong",
    message: `cannot use ${option}: ${reason}`,
    hint,
    details: { option },
  });
}
