import { existsSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import type { Lab } from "../lab.ts";
import { run } from "../run.ts";
import type { BuildInput, Contender } from "./contender.ts";
import { installInto } from "./venv.ts";

/** PyInstaller takes what it finds in the environment that it runs in, so it has one with the application's needs. */
function buildAs(form: "--onefile" | "--onedir") {
  return ({ lab, directory, module, output, cache, env }: BuildInput) => {
    const venv = join(cache, "venv");
    const options = { cwd: lab.scratch, env: { ...env, PYTHONPATH: join(directory, "src") } };
    if (!existsSync(venv)) {
      run([lab.python, "-m", "venv", "--without-pip", venv], options);
      installInto(lab, venv, { words: ["-r", join(directory, "requirements.txt")], env });
      installInto(lab, venv, { words: ["pyinstaller"], env });
    }
    const work = join(cache, "work");
    const where = ["--distpath", dirname(output), "--name", basename(output)];
    const aside = ["--workpath", work, "--specpath", work];
    const what = ["--paths", join(directory, "src"), "--collect-all", module];
    const script = join(directory, "src", module, "__main__.py");
    const program = join(venv, "bin/pyinstaller");
    run([program, "--noconfirm", "--log-level", "ERROR", form, ...where, ...aside, ...what, script], options);
  };
}

function lacks({ hasSharedLibrary }: Lab): string | undefined {
  return hasSharedLibrary ? undefined : "PyInstaller needs a Python with a shared library (libpython)";
}

export const pyinstallerFile: Contender = {
  name: "PyInstaller, one file",
  sections: ["size", "start", "change", "inside", "build"],
  isSlow: true,
  lacks,
  build: buildAs("--onefile"),
  start: ({ output }, command) => [output, command],
};

export const pyinstallerDirectory: Contender = {
  name: "PyInstaller, directory",
  sections: ["size", "start", "change", "inside"],
  isSlow: true,
  lacks,
  build: buildAs("--onedir"),
  start: ({ output }, command) => [join(output, basename(output)), command],
};
