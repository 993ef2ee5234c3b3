import type { AppFiles } from "../description.ts";
import { type Detected, found } from "./detected.ts";

/** Where people keep what production needs, the likeliest first. */
const USUAL = [
  "requirements.txt",
  "requirements/production.txt",
  "requirements/prod.txt",
  "requirements/base.txt",
  "requirements-prod.txt",
  "requirements-base.txt",
];

export function detectRequirements(files: AppFiles): Detected {
  const usual = USUAL.find((path) => files.has(path));
  const others = files
    .list(".")
    .filter((name) => /^requirements[\w.-]*\.txt$/.test(name) && !/dev|test|doc|lint/.test(name));
  const path = usual ?? others[0];
  return { pip: found(path === undefined ? undefined : [{ kind: "file", path }], path ?? "") };
}
