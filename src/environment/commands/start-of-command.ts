import { resolve } from "node:path";
import type { ArgvCommand } from "../../artifact/plan.ts";
import { AppError } from "../../errors/app-error.ts";
import { findProgram, isProgram } from "../../system/find-program.ts";
import { DEFAULT_ADDRESS } from "../addresses.ts";
import { workingDirectoryOf } from "../directories/directories.ts";
import type { Part, Variables } from "../inject.ts";
import type { Environment } from "../open-environment.ts";
import { resolveArgv } from "../resolve-argv.ts";

/** What the system is told: nothing in it is left to be replaced or looked up. */
export interface ProgramStart {
  /** The first word is an absolute path of a file that may be executed. */
  readonly argv: readonly [program: string, ...words: string[]];
  readonly cwd: string;
  /** The whole environment. */
  readonly env: Variables;
}

type Place = Pick<Environment, "runnable" | "directories" | "addresses" | "variablesOf">;

export interface StartInput {
  readonly command: Pick<ArgvCommand, "argv">;
  readonly args: readonly string[];
  /** Default: a command of that name. */
  readonly part?: Part;
}

/** @throws AppError `program_not_found`. */
export async function startOfCommand(
  { runnable, directories, addresses, variablesOf }: Place,
  name: string,
  { command, args, part = { kind: "command", name } }: StartInput,
): Promise<ProgramStart> {
  const env = variablesOf(part);
  const address = addresses[name] ?? { host: env["HOST"] ?? DEFAULT_ADDRESS.host, port: Number(env["PORT"]) };
  const [first = "", ...words] = resolveArgv(command.argv, runnable, address);
  const cwd = workingDirectoryOf(directories, runnable);
  const program = await findFirstWord(name, first, { cwd, env });
  return { argv: [program, ...words, ...args], cwd, env };
}

/**
 * Absolute path of the program that a word names, for a command or process of that name.
 * @throws AppError `program_not_found`.
 */
export async function findFirstWord(
  name: string,
  first: string,
  place: { readonly cwd: string; readonly env: Readonly<NodeJS.ProcessEnv> },
): Promise<string> {
  const program = await find(first, place);
  if (program !== undefined) return program;
  throw new AppError({
    code: "program_not_found",
    message: `cannot run ${name}: ${first} is neither in the application nor in PATH`,
    hint: "Install it on this machine, or name the distribution that has it as a dependency.",
    details: { command: name, program: first },
  });
}

async function find(
  word: string,
  { cwd, env }: { readonly cwd: string; readonly env: Readonly<NodeJS.ProcessEnv> },
): Promise<string | undefined> {
  if (!word.includes("/")) return findProgram(env, word);
  const path = resolve(cwd, word);
  return (await isProgram(path)) ? path : undefined;
}
