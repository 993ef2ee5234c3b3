import type { Option, Positional } from "../command.ts";

// Words that several commands take.
export const DIRECTORY = {
  name: "dir",
  help: "directory of the application",
  arity: "optional",
  default: ".",
  is: "directory",
} as const satisfies Positional;

export const ARTIFACT = {
  name: "artifact",
  help: "the file, or the directory of an open artifact",
  arity: "one",
  is: "file",
} as const satisfies Positional;

export const APPLICATION = {
  name: "application",
  help: "directory of a checkout, file or directory of an artifact, or directory of a release",
  arity: "optional",
  default: ".",
  is: "file",
} as const satisfies Positional;

/** Of commands that open an environment: docs/environment.md. */
export const ENVIRONMENT_OPTIONS = {
  settings: {
    type: "string",
    value: "FILE",
    is: "file",
    help: "file with settings, NAME=VALUE lines (default: .env in the environment's directory)",
  },
  set: {
    type: "string",
    value: "NAME=VALUE",
    isList: true,
    keepsCommas: true,
    help: "a setting, for this time; of a secret, NAME=@FILE",
  },
  environment: {
    type: "string",
    value: "DIR",
    is: "directory",
    help: "where data are and settings are kept (default: the checkout; of an artifact, this directory)",
  },
  port: {
    type: "string",
    value: "PORT",
    help: "port of the process web; others get the next ones (default: $PORT, or 8000)",
  },
} as const satisfies Record<string, Option>;

export interface EnvironmentValues {
  readonly settings: string | undefined;
  readonly set: readonly string[];
  readonly environment: string | undefined;
  readonly port: string | undefined;
}
