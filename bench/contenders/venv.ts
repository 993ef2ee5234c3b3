import { cpSync, existsSync } from "node:fs";
import { join } from "node:path";
import type { Lab } from "../lab.ts";
import { run } from "../run.ts";
import type { Contender } from "./contender.ts";

interface Wanted {
  /** Of `pip install`: `-r FILE`, or names. */
  readonly words: readonly string[];
  readonly env: NodeJS.ProcessEnv;
}

/** With the tools' pip, so that none has to be in the environment. */
export function installInto(lab: Lab, venv: string, { words, env }: Wanted): void {
  const pip = [join(lab.tools, "pip"), "--python", join(venv, "bin/python")] as const;
  run([...pip, "install", "-q", "--no-compile", ...words], { cwd: lab.scratch, env });
}

/** The environment that a careful person makes by hand: locked versions, the package beside them, all compiled. */
export const venv: Contender = {
  name: "clean venv",
  sections: ["size", "start", "change", "build"],
  build({ lab, directory, output, env }) {
    const options = { cwd: lab.scratch, env };
    if (!existsSync(output)) {
      run([lab.python, "-m", "venv", "--without-pip", output], options);
      installInto(lab, output, { words: ["-r", join(directory, "requirements.txt")], env });
    }
    const site = join(output, "lib", lab.pythonName, "site-packages");
    cpSync(join(directory, "src"), site, { recursive: true, preserveTimestamps: true });
    run([lab.python, "-m", "compileall", "-q", site], options);
  },
  start: ({ output, module }, command) => [join(output, "bin/python"), "-m", module, command],
};
