import type { Positional } from "../command.ts";

// Words that several commands take.
export const DIRECTORY = {
  name: "dir",
  help: "directory of the application",
  arity: "optional",
  default: ".",
  is: "directory",
} as const satisfies Positional;

export const APPLICATION = {
  name: "application",
  help: "a checkout, an artifact or a release",
  arity: "optional",
  default: ".",
  is: "file",
} as const satisfies Positional;

export const ARTIFACT = {
  name: "artifact",
  help: "the file, or the directory of an open artifact",
  arity: "one",
  is: "file",
} as const satisfies Positional;
