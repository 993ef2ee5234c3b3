import type { Word } from "../../artifact/plan.ts";
import { writtenWord } from "../../description/words.ts";
import { planFlask } from "../flask/plan-flask.ts";
import type { PlanInput } from "../platform.ts";
import { SERVERS } from "./servers.ts";

/** Options of python itself that take no value, alone or together. */
const PYTHON_FLAGS = /^-[bBdEiIOPqsSuvx]+$/;

/**
 * A user's argv as it works in a release, where the working directory is the data directory and not the application's:
 * `flask` and known servers start as in plans of our own, and a program or Python script of the application is found there.
 * With `isWeb` a known server also listens where the environment says, unless the argv says where.
 */
export function planArgv(
  argv: readonly Word[],
  input: PlanInput,
  { isWeb = false }: { readonly isWeb?: boolean } = {},
): readonly Word[] {
  const [program = "", ...args] = argv;
  if (program !== "python" && program !== "python3") {
    return planProgramArgv(program, args, input, isWeb) ?? [planFile(program, input), ...args];
  }
  const [option, module = "", ...moduleArgs] = args;
  const asModule = option === "-m" ? planProgramArgv(module, moduleArgs, input, isWeb) : undefined;
  const script = args.findIndex((word) => !PYTHON_FLAGS.test(word));
  return asModule ?? ["python", ...args.map((word, at) => (at === script ? planFile(word, input) : word))];
}

function planProgramArgv(
  name: string,
  args: readonly Word[],
  input: PlanInput,
  isWeb: boolean,
): readonly Word[] | undefined {
  const flask = name === "flask" ? planFlask(input) : undefined;
  if (flask !== undefined) return [...flask, ...args];
  const server = SERVERS.find((known) => known.script === name || known.name === name);
  if (server === undefined) return undefined;
  const { listen } = server;
  const isTold = listen === undefined || args.some((word) => listen.unless.test(word));
  return [...server.start(input), ...(isWeb && !isTold ? listen.words : []), ...args];
}

/** A path with a `/` or a Python file, if the application has it. A bare name is looked up as plans say. */
function planFile(word: Word, { files }: PlanInput): Word {
  const path = writtenWord(word);
  const isPath = !/^[-/{]/.test(path) && (path.includes("/") || path.endsWith(".py"));
  return isPath && files.has(path.replace(/^\.\//, "")) ? `{app}/${word.replace(/^\.\//, "")}` : word;
}
