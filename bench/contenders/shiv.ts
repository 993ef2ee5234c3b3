import { join } from "node:path";
import { run } from "../run.ts";
import type { Contender } from "./contender.ts";

export const shiv: Contender = {
  name: "shiv",
  sections: ["size", "start", "change", "build"],
  build({ lab, directory, module, output, env }) {
    const words = ["--reproducible", "--site-packages", join(directory, "src"), "-o", output];
    const entry = ["-p", `/usr/bin/env ${lab.pythonName}`, "-e", `${module}.__main__:main`];
    const pip = ["--", "-q", "-r", join(directory, "requirements.txt")];
    run([join(lab.tools, "shiv"), ...words, ...entry, ...pip], { cwd: lab.scratch, env });
  },
  start: ({ output }, command) => [output, command],
};
