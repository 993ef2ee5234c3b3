import type { SystemPackages } from "../../artifact/plan.ts";
import { findLackingPackages } from "../../builder/find-lacking-packages.ts";
import { AppError } from "../../errors/app-error.ts";
import { runProcess } from "../../system/run-process.ts";

export interface InstallOptions {
  readonly env: Readonly<NodeJS.ProcessEnv>;
  /** Only says what it would do. */
  readonly dryRun: boolean;
  readonly signal: AbortSignal;
  /** Each line that the package manager prints. */
  readonly onLine: (line: string) => void;
}

/** What an installation of system packages does, or would do. */
export interface PackageInstallation {
  /** Names of packages that the application needs and this machine lacks. */
  readonly lacking: readonly string[];
  /** In order; none when nothing is lacking. No shell is involved. */
  readonly commands: readonly (readonly string[])[];
  /** Whether they have run. */
  readonly isDone: boolean;
}

/** Words before the names of packages, by the kind of package. After `--` no name is an option. */
const COMMANDS: Readonly<Record<keyof SystemPackages, readonly (readonly string[])[]>> = {
  deb: [
    ["apt-get", "update", "--quiet", "--option=DPkg::Lock::Timeout=120"],
    ["apt-get", "install", "--yes", "--no-install-recommends", "--quiet", "--option=DPkg::Lock::Timeout=120"],
  ],
  rpm: [["dnf", "install", "--assumeyes"]],
};

/** Which programs install packages, in order; the last one gets their names. Pure. */
export function planInstallation(
  kind: keyof SystemPackages,
  lacking: readonly string[],
): PackageInstallation["commands"] {
  if (lacking.length === 0) return [];
  const commands = COMMANDS[kind];
  return commands.map((words, index) =>
    index === commands.length - 1 ? [...words, "--", ...lacking.toSorted()] : words,
  );
}

/**
 * Finds what this machine lacks and, unless it is a dry run, lets its package manager install that.
 * @param packages - checked by the plan or description that has them.
 * @throws AppError `packages_not_installed`: the machine has no such packages, this is not root, or the package manager says no.
 */
export async function installSystemPackages(
  packages: SystemPackages,
  { env, dryRun, signal, onLine }: InstallOptions,
): Promise<PackageInstallation> {
  const found = await findLackingPackages(packages, env);
  if (found === undefined) return { lacking: [], commands: [], isDone: false };
  const { kind, lacking, reason, hint } = found;
  if (kind === null) throw refuse(reason, hint);
  const isOption = lacking.find((name) => /[-+]$/.test(name) && !/\+\+$/.test(name));
  // apt-get(8): a name with `-` or `+` at its end is removed or installed.
  if (isOption !== undefined) throw refuse(`no package is called ${isOption}`, undefined);
  const commands = planInstallation(kind, lacking);
  if (dryRun) return { lacking, commands, isDone: false };
  if (process.getuid?.() !== 0) throw refuse(`only root can install ${lacking.join(", ")}`, hint);
  for (const argv of commands) await run(argv, { env, signal, onLine });
  return { lacking, commands, isDone: true };
}

async function run(
  argv: readonly string[],
  { env, signal, onLine }: Pick<InstallOptions, "env" | "signal" | "onLine">,
): Promise<void> {
  // Nobody is there to answer its questions: debconf(7).
  const asked = { ...env, DEBIAN_FRONTEND: "noninteractive", LC_ALL: "C.UTF-8" };
  const words = argv.slice(0, 2).join(" ");
  const { status, stderr } = await runProcess(argv, { env: asked, signal, onLine }).catch(
    (cause: unknown) => {
      signal.throwIfAborted();
      throw refuse(`${argv[0]} cannot be started`, "Install what is lacking by hand.", cause);
    },
  );
  if (status === 0) return;
  const lines = stderr.trimEnd().split("\n").slice(-20).join("\n");
  throw new AppError({
    code: "packages_not_installed",
    message: `cannot install system packages: \`${words}\` ended with ${status ?? "a signal"}`,
    hint: "Correct what it says; what it has installed stays.",
    excerpt: lines || undefined,
    details: { argv, status },
  });
}

function refuse(reason: string, hint: string | undefined, cause?: unknown): AppError {
  return new AppError({
    code: "packages_not_installed",
    message: `cannot install system packages: ${reason}`,
    hint,
    cause,
  });
}
