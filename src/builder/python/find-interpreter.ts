import { readdir } from "node:fs/promises";
import { isAbsolute, join, resolve } from "node:path";
import { satisfies } from "@renovatebot/pep440";
import { AppError } from "../../errors/app-error.ts";
import { undefinedIfMissing } from "../../system/file-errors.ts";
import { findProgram, listPath, listPrograms } from "../../system/find-program.ts";
import type { BuildRun } from "../build-run.ts";
import { type Interpreter, probeInterpreter } from "./interpreter.ts";

const OLDEST_MINOR = 8;
const NEWEST_MINOR = 29;

/**
 * The interpreter whose Python the artifact is for: the wanted one, else `python3` when it fits the application, else
 * the newest that does.
 *
 * @param wanted - a version (`3.12`, `3.12.1`, `3.13t`) or a path.
 * @param requirement - PEP 440 specifier of the description.
 * @throws AppError `python_not_found`; `details.found` lists what there is.
 */
export async function findInterpreter(
  run: BuildRun,
  { wanted, requirement }: { readonly wanted: string | undefined; readonly requirement: string | undefined },
): Promise<Interpreter> {
  const found: Interpreter[] = [];
  for await (const interpreter of listInterpreters(run, wanted)) {
    if (isFit(interpreter, { wanted, requirement })) return interpreter;
    found.push(interpreter);
  }
  throw notFound({ wanted, requirement }, found);
}

function isFit(
  { implementation, fullVersion, version, abi }: Interpreter,
  { wanted, requirement }: { wanted: string | undefined; requirement: string | undefined },
): boolean {
  if (implementation !== "cpython" || Number(version.split(".")[1]) < OLDEST_MINOR) return false;
  if (wanted === undefined && isThreaded(abi)) return false;
  const named = isThreaded(abi) ? [`${fullVersion}t`, `${version}t`] : [fullVersion, version];
  if (wanted !== undefined && isVersion(wanted) && !named.includes(wanted)) return false;
  return requirement === undefined || satisfies(plain(fullVersion), requirement);
}

/** As pip compares: a pre-release of Python (`3.15.0rc1`, `3.13.0+`) counts as its release. */
function plain(version: string): string {
  return /^\d+(\.\d+)*/.exec(version)?.[0] ?? version;
}

/** `3.12`, `3.12.1`, `3.13t`. */
function isVersion(wanted: string | undefined): boolean {
  return wanted !== undefined && /^\d+(\.\d+)*t?$/.test(wanted);
}

/** Without the global interpreter lock (PEP 703): another ABI, so it has to be asked for by name. */
function isThreaded(abi: string): boolean {
  return abi.endsWith("t");
}

async function* listInterpreters(run: BuildRun, wanted: string | undefined): AsyncGenerator<Interpreter> {
  if (wanted !== undefined && !isVersion(wanted)) {
    const path = wanted.includes("/") ? resolve(run.directory, wanted) : await findProgram(run.env, wanted);
    const interpreter = path === undefined ? undefined : await probeInterpreter(run, path);
    if (interpreter !== undefined) yield interpreter;
    return;
  }
  const minors = Array.from({ length: NEWEST_MINOR - OLDEST_MINOR + 1 }, (_, index) => NEWEST_MINOR - index);
  const seen = new Set<string>();
  const names = ["python3", ...minors.flatMap((minor) => [`python3.${minor}`, `python3.${minor}t`])];
  // Those that no PATH names come last, so that nobody's default changes when pyenv gets another Python.
  for (const listDirectories of [async () => listPath(run.env), () => listKeptDirectories(run.env)]) {
    const directories = await listDirectories();
    // One name after the other: the first mostly fits, and PATH has many directories.
    for (const name of names) {
      for (const path of await listPrograms(directories, name)) {
        const interpreter = await probeInterpreter(run, path);
        if (interpreter === undefined || seen.has(interpreter.realPath)) continue;
        seen.add(interpreter.realPath);
        yield interpreter;
      }
    }
  }
}

/** Where pyenv and uv keep Pythons, each in a directory of its own. */
async function listKeptDirectories(env: NodeJS.ProcessEnv): Promise<readonly string[]> {
  const home = env["HOME"] ?? "/nowhere";
  const data = env["XDG_DATA_HOME"] || join(home, ".local/share");
  const roots = [
    join(env["PYENV_ROOT"] || join(home, ".pyenv"), "versions"),
    env["UV_PYTHON_INSTALL_DIR"] || join(data, "uv/python"),
  ].filter(isAbsolute);
  const found = await Promise.all(
    roots.map(async (root) => {
      const names = await readdir(root).catch(undefinedIfMissing);
      const newestFirst = (names ?? []).sort((a, b) => b.localeCompare(a, "en", { numeric: true }));
      return newestFirst.map((name) => join(root, name, "bin"));
    }),
  );
  return found.flat();
}

function notFound(
  { wanted, requirement }: { wanted: string | undefined; requirement: string | undefined },
  found: readonly Interpreter[],
): AppError {
  const versions = found.map(({ implementation, fullVersion, executable }) => {
    const name = implementation === "cpython" ? "Python" : implementation;
    return `${name} ${fullVersion} (${executable})`;
  });
  const goal =
    wanted === undefined
      ? `Python ${requirement ?? `3.${OLDEST_MINOR} or newer`}`
      : isVersion(wanted)
        ? `Python ${wanted}`
        : wanted;
  const clash = wanted !== undefined && requirement !== undefined ? ` that is ${requirement}` : "";
  const seen = versions.length === 0 ? "no Python 3 was found" : `found ${versions.join(", ")}`;
  return new AppError({
    code: "python_not_found",
    message: `cannot find ${goal}${clash}: ${seen}`,
    hint: "Install a Python that fits, or name one with `--python <path>`.",
    details: {
      wanted,
      requirement,
      found: found.map(({ fullVersion, executable }) => ({ fullVersion, executable })),
    },
  });
}
