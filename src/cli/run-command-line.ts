import type { Writable } from "node:stream";
import { AppError, EXIT_CODES } from "../errors/app-error.ts";
import { VERSION } from "../system/package-root.ts";
import type { Confirm, Context } from "./command.ts";
import { COMMANDS, type Entry } from "./commands/registry.ts";
import { type Paint, paintFor, plainPaint } from "./paint.ts";
import { type Invocation, parseArguments } from "./parse-arguments.ts";
import { renderDefect, renderError } from "./render/error.ts";
import { showProgress } from "./show-progress.ts";
import { writeLive } from "./write-live.ts";

/** The world that a command line runs in. */
export interface Surroundings {
  readonly env: Readonly<NodeJS.ProcessEnv>;
  /**
   * Opened at the first call. Node sets O_NONBLOCK on a pipe that it opens, nobody takes that back, and a program that
   * `run` becomes would inherit it: its writes would fail when the reader is slow.
   */
  readonly stdout: () => Writable;
  readonly stderr: () => Writable;
  readonly signal: AbortSignal;
  /** Undefined where there is no terminal to ask at. Rejects when the signal is aborted. */
  readonly confirm?: Confirm | undefined;
}

const DEFECT_STATUS = 70; // EX_SOFTWARE of sysexits.h

/**
 * Runs `holdall ARGV` and gives its exit status, or the signal that has ended the program that it stands for. The result goes to
 * stdout, all else to stderr; never throws.
 */
export async function runCommandLine(
  argv: readonly string[],
  surroundings: Surroundings,
): Promise<number | NodeJS.Signals> {
  let invocation: Invocation | undefined;
  try {
    const records = COMMANDS.map(({ record }) => record);
    invocation = parseArguments(argv, records);
    const { text, status } = await answer(invocation, surroundings);
    if (text !== "") surroundings.stdout().write(text);
    return status;
  } catch (error) {
    // After Ctrl-C whatever fails does so because of it.
    const { aborted, reason } = surroundings.signal;
    return reportError(aborted ? reason : error, surroundings, {
      isJson: invocation?.globals.json ?? argv.includes("--json"),
      renderValue: findEntry(invocation?.command)?.live ? renderJsonLine : renderJson,
      paint: choosePaint(surroundings.stderr, invocation),
    });
  }
}

interface Answer {
  readonly text: string;
  readonly status: number | NodeJS.Signals;
}

/** The text for stdout: of the command that was named, or of the one that a global option stands for. */
async function answer(invocation: Invocation, surroundings: Surroundings): Promise<Answer> {
  const { globals } = invocation;
  if (globals.version) {
    return { status: 0, text: globals.json ? renderJson({ version: VERSION }) : `holdall ${VERSION}\n` };
  }
  const isHelp = globals.help || invocation.command === undefined;
  const name = isHelp ? "help" : invocation.command;
  const values = isHelp ? { command: invocation.command } : invocation.values;
  const entry = findEntry(name);
  if (entry === undefined) throw new Error(`the parser let the command ${name} pass`);

  const progress = showProgress(surroundings.stderr, { isQuiet: globals.quiet });
  try {
    const { env, signal } = surroundings;
    const onEvent = showLive(entry, invocation, { ...surroundings, clear: progress.clear });
    const confirm = globals.json ? undefined : confirmAfter(progress.clear, surroundings);
    const value = await entry.run(values, {
      ...{ env, signal, onProgress: progress.show, hideProgress: progress.clear, onEvent, confirm },
      isJson: globals.json,
    });
    const status = entry.statusOf(value);
    const isLive = entry.live !== undefined;
    if (globals.json) return { status, text: isLive ? renderJsonLine(value) : renderJson(value) };
    if (globals.quiet && isLive) return { status, text: "" };
    const text = entry.render(value, choosePaint(surroundings.stdout, invocation));
    return { status, text: text === "" || text.endsWith("\n") ? text : `${text}\n` };
  } finally {
    progress.clear();
  }
}

function findEntry(name: string | undefined): Entry | undefined {
  return COMMANDS.find(({ record }) => record.name === name);
}

/** Each event goes out as it happens. Nothing piles up: see writeLive(). */
function showLive(
  { live }: Entry,
  invocation: Invocation,
  { stdout, signal, clear }: Surroundings & { readonly clear: () => void },
): Context["onEvent"] {
  if (live === undefined) return () => undefined;
  const { json, quiet: isQuiet } = invocation.globals;
  const render = json
    ? renderJsonLine
    : live({ paint: choosePaint(stdout, invocation), isQuiet, values: invocation.values });
  const write = writeLive(stdout, signal);
  return (event) => {
    const text = render(event);
    if (text === "") return undefined;
    clear();
    return write(text);
  };
}

function confirmAfter(clear: () => void, { confirm }: Surroundings): Surroundings["confirm"] {
  if (confirm === undefined) return undefined;
  return (question, signal) => {
    clear();
    return confirm(question, signal);
  };
}

function reportError(
  error: unknown,
  { stdout, stderr }: Surroundings,
  {
    isJson,
    renderValue,
    paint,
  }: { readonly isJson: boolean; readonly renderValue: (value: unknown) => string; readonly paint: Paint },
): number {
  if (!(error instanceof AppError)) {
    if (isJson) stdout().write(renderValue({ error: { code: "defect", message: String(error) } }));
    stderr().write(`${renderDefect(error, VERSION)}\n`);
    return DEFECT_STATUS;
  }
  if (isJson) {
    const { code, message, hint, excerpt, details } = error;
    stdout().write(renderValue({ error: { code, message, hint, excerpt, details } }));
  } else {
    stderr().write(`${renderError(error, paint)}\n`);
  }
  return EXIT_CODES[error.code];
}

function choosePaint(stream: () => Writable, invocation: Invocation | undefined): Paint {
  return invocation?.globals["no-color"] ? plainPaint : paintFor(stream());
}

/** Of commands with events: each of them, the result and an error are one line. */
function renderJsonLine(value: unknown): string {
  return `${JSON.stringify(value)}\n`;
}

function renderJson(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}
