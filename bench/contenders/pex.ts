import { join } from "node:path";
import { run } from "../run.ts";
import type { BuildInput, Contender } from "./contender.ts";

const start: Contender["start"] = ({ output }, command) => [output, command];

function buildWith(...options: readonly string[]) {
  return ({ lab, directory, module, output, env }: BuildInput) => {
    const requirements = ["-r", join(directory, "requirements.txt"), "--no-index", "-f", lab.wheels];
    const words = ["--python", lab.python, "-D", join(directory, "src"), "-m", module, "-o", output];
    run([join(lab.tools, "pex"), ...requirements, ...words, ...options], { cwd: lab.scratch, env });
  };
}

/** As it is without options. */
export const pex: Contender = {
  name: "pex",
  sections: ["size", "start", "change", "build"],
  build: buildWith(),
  start,
};

/** What its documentation recommends for quick starts: a virtual environment, found by a shell script. */
export const pexVenv: Contender = {
  name: "pex --venv prepend --sh-boot",
  sections: ["start", "build"],
  build: buildWith("--venv", "prepend", "--sh-boot"),
  start,
};

export const pexCompiled: Contender = {
  name: "pex --compile",
  sections: ["size"],
  build: buildWith("--compile"),
  start,
};
