import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { type Application, requirementFiles } from "./applications.ts";
import { run } from "./run.ts";

/** Where everything is measured: one directory with the tools, the wheels, and what contenders make. */
export interface Lab {
  readonly scratch: string;
  /** Absolute; `python3` of PATH, or that behind a script such as those of pyenv. */
  readonly python: string;
  /** `python3.11` */
  readonly pythonName: string;
  readonly hasSharedLibrary: boolean;
  /** Directory with the programs of the other tools. */
  readonly tools: string;
  /** Directory with the wheels that everybody installs from. */
  readonly wheels: string;
  /** Tools with versions, for the report. */
  readonly versions: readonly string[];
}

const TOOLS = join(import.meta.dirname, "tools.txt");
const ASK = `import sys, sysconfig
print(sys.executable)
print("python%d.%d" % sys.version_info[:2])
print(sysconfig.get_config_var("Py_ENABLE_SHARED"))
print("Python", sys.version.split()[0])`;

/** Installs the tools that holdall is compared with, in the versions of tools.txt, and fetches the wheels of all. */
export function openLab(scratch: string, applications: readonly Application[]): Lab {
  const options = { cwd: scratch, env: process.env };
  const answer = run(["python3", "-c", ASK], options).trim().split("\n");
  const [python = "", pythonName = "", isShared, version = ""] = answer;
  const venv = join(scratch, "tools");
  run([python, "-m", "venv", venv], options);
  const tools = join(venv, "bin");
  const pip = join(tools, "pip");
  run([pip, "install", "-q", "--no-compile", "-r", TOOLS], options);

  const wheels = join(scratch, "wheels");
  mkdirSync(wheels);
  writeFileSync(join(scratch, "uv.toml"), `no-index = true\nfind-links = [${JSON.stringify(wheels)}]\n`);
  const download = [pip, "download", "-q", "--only-binary", ":all:", "--dest", wheels] as const;
  run([...download, "-r", TOOLS], options);
  for (const file of applications.flatMap(requirementFiles)) {
    run([...download, "--no-deps", "--require-hashes", "-r", file], options);
  }
  const frozen = run([pip, "freeze"], options).split("\n");
  const versions = frozen.filter((line) => /^(pex|shiv|pyinstaller|uv)==/.test(line));
  return {
    ...{ scratch, python, pythonName, tools, wheels },
    hasSharedLibrary: isShared === "1",
    versions: [version, ...versions.map((line) => line.replace("==", " "))],
  };
}

/**
 * What a program of the bench sees: the Python first in PATH, every cache below `cache` (an empty directory is the state
 * after installing the tool), distributions from local wheels.
 */
export function environmentOf({ scratch, python, tools, wheels }: Lab, cache: string): NodeJS.ProcessEnv {
  const below = (name: string) => join(cache, name);
  mkdirSync(below("tmp"), { recursive: true });
  return {
    PATH: [dirname(python), tools, "/usr/local/bin", "/usr/bin", "/bin"].join(":"),
    LANG: "C.UTF-8",
    HOME: below("home"),
    TMPDIR: below("tmp"),
    HOLDALL_CACHE: below("holdall"),
    PEX_ROOT: below("pex"),
    SHIV_ROOT: below("shiv"),
    PYINSTALLER_CONFIG_DIR: below("pyinstaller"),
    PIP_CONFIG_FILE: "/dev/null",
    PIP_CACHE_DIR: below("pip"),
    PIP_NO_INDEX: "1",
    PIP_FIND_LINKS: wheels,
    PIP_DISABLE_PIP_VERSION_CHECK: "1",
    UV_CACHE_DIR: below("uv"),
    UV_CONFIG_FILE: join(scratch, "uv.toml"),
  };
}
