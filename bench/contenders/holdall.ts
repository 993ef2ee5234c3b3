import { join } from "node:path";
import { run } from "../run.ts";
import type { BuildInput, Contender } from "./contender.ts";

const HOLDALL = join(import.meta.dirname, "../../bin/holdall.js");

const start: Contender["start"] = ({ output }, command) => [output, command];

function buildWith(...options: readonly string[]) {
  return ({ lab, directory, output, env }: BuildInput) => {
    const words = ["build", directory, "--python", lab.python, "--output", output, ...options];
    run([process.execPath, HOLDALL, ...words], { cwd: lab.scratch, env });
  };
}

export const holdall: Contender = {
  name: "holdall",
  sections: ["size", "start", "change", "build"],
  build: buildWith(),
  start,
};

export const holdallUnchecked: Contender = {
  name: "holdall --no-import-check",
  sections: ["build"],
  build: buildWith("--no-import-check"),
  start,
};

export const holdallInside: Contender = {
  name: "holdall --with-python",
  sections: ["inside"],
  build: buildWith("--with-python"),
  start,
};
