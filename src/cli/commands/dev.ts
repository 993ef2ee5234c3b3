import { resolve } from "node:path";
import type { EndedDevelopment } from "../../environment/development/run-development.ts";
import { AppError } from "../../errors/app-error.ts";
import { cacheDirectory } from "../../system/cache-directory.ts";
import { defineCommand } from "../command.ts";
import { describeBuildEvent } from "../render/build-event.ts";
import { APPLICATION } from "./arguments.ts";

const DEFAULT = { host: "127.0.0.1", port: 8000 };

export const devCommand = defineCommand(
  {
    name: "dev",
    summary: "run all of an application from its checkout, with its services",
    details: [
      "Nothing is built: dependencies are installed as the locks say, services are started, migrations are offered, and every process runs with its output in one log. When files change, the processes start again. Ctrl-C ends all of it, in order. See docs/developing.md.",
    ],
    positionals: [APPLICATION],
    options: {
      only: {
        type: "string",
        value: "PROCESS",
        isList: true,
        help: "processes to run (default: all)",
      },
      port: { type: "string", value: "PORT", help: "where web listens (default: $PORT, or 8000)" },
      host: { type: "string", value: "HOST", help: "address to listen at (default: $HOST, or 127.0.0.1)" },
      migrate: { type: "boolean", help: "bring the data up to date first, without asking" },
      "no-migrate": { type: "boolean", help: "do not, and do not ask" },
      "no-reload": { type: "boolean", help: "do not start again when files change" },
      timestamps: { type: "boolean", help: "show the time of each line" },
      settings: { type: "string", value: "FILE", is: "file", help: "settings file (default: .env)" },
      set: {
        type: "string",
        value: "NAME=VALUE",
        isList: true,
        keepsCommas: true,
        help: "value of a setting; NAME=@FILE for a secret",
      },
      environment: {
        type: "string",
        value: "DIR",
        is: "directory",
        help: "directory of the environment (default: the checkout, or this directory for an artifact)",
      },
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
    const { env, signal, onProgress, onEvent, confirm } = context;
    if (args.migrate && args["no-migrate"])
      throw wrong("--no-migrate", "--migrate is there too", "Write one of them.");
    const decided = args.migrate || args["no-migrate"] ? args.migrate : undefined;
    const ask = confirm && ((command: string) => confirm(`Run ${command} first?`));
    return runDevelopment({
      application: resolve(args.application),
      workingDirectory: process.cwd(),
      ...(args.environment !== undefined && { base: resolve(args.environment) }),
      address: { host: args.host ?? (env["HOST"] || DEFAULT.host), port: readPort(args.port, env["PORT"]) },
      only: args.only.length === 0 ? undefined : args.only,
      reload: !args["no-reload"],
      migrate: decided ?? ask,
      settingsFile: args.settings,
      set: args.set,
      python: args.python,
      cacheDirectory: `${cacheDirectory(env)}/build`,
      ...{ env: { ...env }, signal, onEvent },
      onBuildEvent: (event) => {
        const progress = describeBuildEvent(event);
        if (progress) onProgress(progress);
      },
    });
  },
);

function readPort(option: string | undefined, variable: string | undefined): number {
  const text = option ?? (variable || String(DEFAULT.port));
  const port = Number(text);
  if (/^\d{1,5}$/.test(text) && port > 0 && port <= 65_535) return port;
  const name = option === undefined ? "PORT" : "--port";
  throw wrong(name, `${text} is no port`, "A port is a number from 1 to 65535.");
}

function wrong(option: string, reason: string, hint: string): AppError {
  return new AppError({
    code: "usage_wrong",
    message: `cannot use ${option}: ${reason}`,
    hint,
    details: { option },
  });
}
