import { AppError } from "../errors/app-error.ts";
import { findNearMiss } from "../errors/near-miss.ts";
import type { CommandRecord, Option } from "./command.ts";
import { parseArgs } from "./node-util.ts";
import { renderUsage } from "./render/usage.ts";

/** Options of every command. */
export const GLOBAL_OPTIONS = {
  json: { type: "boolean", help: "print the result, or the error, as JSON on stdout" },
  quiet: { type: "boolean", short: "q", help: "print the result only, no progress" },
  "no-color": { type: "boolean", help: "print without colour, as NO_COLOR=1 does" },
  help: { type: "boolean", short: "h", help: "show the help of the command" },
  version: { type: "boolean", help: "print the version of holdall" },
} as const satisfies Record<string, Option>;

export type GlobalName = keyof typeof GLOBAL_OPTIONS;

/** What a command line asks for. `values` has what the command's record names, checked against it. */
export interface Invocation {
  /** Undefined when only global options were given. */
  readonly command: string | undefined;
  readonly values: Readonly<Record<string, string | boolean | readonly string[] | undefined>>;
  readonly globals: Readonly<Record<GlobalName, boolean>>;
}

/**
 * Reads a command line against the records of the commands.
 * @throws AppError `usage_wrong`, with the near miss in its hint.
 */
export function parseArguments(argv: readonly string[], records: readonly CommandRecord[]): Invocation {
  const start = argv.findIndex((word) => !word.startsWith("-"));
  const name = argv[start];
  if (name === undefined) {
    const { options } = readWords(argv, undefined);
    return { command: undefined, values: {}, globals: pickGlobals(options) };
  }
  readWords(argv.slice(0, start), undefined);
  const record = records.find((each) => each.name === name);
  if (record === undefined) throw unknownCommand(name, records);

  const { options, positionals, rest } = readWords(argv.toSpliced(start, 1), record);
  const globals = pickGlobals(options);
  if (globals.help || globals.version) return { command: name, values: {}, globals };
  const own = Object.fromEntries(Object.keys(record.options).map((option) => [option, options[option]]));
  return { command: name, values: { ...own, ...placeWords(record, positionals, rest) }, globals };
}

function unknownCommand(name: string, records: readonly CommandRecord[]): AppError {
  const meant = findNearMiss(
    name,
    records.map((record) => record.name),
  );
  return new AppError({
    code: "usage_wrong",
    message: `cannot run holdall ${name}: there is no such command`,
    hint: meant ? `Did you mean \`holdall ${meant}\`?` : "`holdall help` lists the commands.",
    details: { command: name },
  });
}

type OptionValues = Record<string, string | boolean | readonly string[] | undefined>;

interface Words {
  readonly options: OptionValues;
  readonly positionals: readonly string[];
  readonly rest: readonly string[];
}

/** Splits words into options, positionals and, after the last single positional, the rest as it is. */
function readWords(words: readonly string[], record: CommandRecord | undefined): Words {
  const known: Record<string, Option> = { ...GLOBAL_OPTIONS, ...record?.options };
  // Not strict: the messages of the strict mode know neither near misses nor the command.
  const options = Object.fromEntries(
    Object.entries(known).map(([name, { type, short }]) => [name, { type, ...(short && { short }) }]),
  );
  const { tokens } = parseArgs({
    args: [...words],
    options,
    strict: false,
    allowPositionals: true,
    tokens: true,
  });

  const single = record?.positionals.filter(({ arity }) => arity !== "rest") ?? [];
  const rest = record?.positionals.find(({ arity }) => arity === "rest");
  const values: OptionValues = Object.fromEntries(
    Object.entries(known).map(([name, option]) => [name, absent(option)]),
  );
  const positionals: string[] = [];
  for (const token of tokens) {
    if (token.kind === "option") {
      const value = readOption(token, known, record);
      const before = values[token.name];
      const isList = Array.isArray(before) && typeof value === "string";
      const split = (text: string) => (known[token.name]?.keepsCommas ? [text] : splitList(text));
      values[token.name] = isList ? [...before, ...split(value)] : value;
    } else if (token.kind === "positional") {
      positionals.push(token.value);
      if (rest && !rest.isSeparated && positionals.length === single.length) {
        return { options: values, positionals, rest: words.slice(token.index + 1) };
      }
    } else if (rest?.isSeparated) {
      return { options: values, positionals, rest: words.slice(token.index + 1) };
    }
  }
  return { options: values, positionals, rest: [] };
}

function absent({ type, isList }: Option): false | readonly string[] | undefined {
  if (type === "boolean") return false;
  return isList ? [] : undefined;
}

function splitList(value: string): string[] {
  return value
    .split(",")
    .map((part) => part.trim())
    .filter((part) => part !== "");
}

interface OptionToken {
  readonly name: string;
  readonly rawName: string;
  readonly value?: string | undefined;
  readonly inlineValue?: boolean | undefined;
}

function readOption(
  { name, rawName, value, inlineValue }: OptionToken,
  known: Readonly<Record<string, Option>>,
  record: CommandRecord | undefined,
): string | boolean {
  const help = record ? `holdall help ${record.name}` : "holdall help";
  const wrong = (reason: string, hint: string) =>
    new AppError({
      code: "usage_wrong",
      message: `cannot use ${rawName}: ${reason}`,
      hint,
      details: { option: rawName },
    });

  const option = Object.hasOwn(known, name) ? known[name] : undefined;
  if (option === undefined) {
    const owner = record ? `holdall ${record.name} has` : "there is";
    const meant = findNearMiss(name, Object.keys(known));
    throw wrong(
      `${owner} no such option`,
      meant ? `Did you mean \`--${meant}\`?` : `\`${help}\` lists the options.`,
    );
  }
  if (option.type === "boolean") {
    if (value !== undefined) throw wrong("it takes no value", `Write ${rawName} alone.`);
    return true;
  }
  // `--output --json` is a forgotten value, not a file named --json; `--output=--json` says that it is meant.
  const isMissing = value === undefined || value === "" || (!inlineValue && value.startsWith("-"));
  if (isMissing) throw wrong(`it needs a value`, `Write ${rawName} ${option.value ?? "VALUE"}.`);
  return value;
}

function placeWords(record: CommandRecord, words: readonly string[], rest: readonly string[]) {
  const single = record.positionals.filter(({ arity }) => arity !== "rest");
  const wrong = (reason: string) =>
    new AppError({
      code: "usage_wrong",
      message: `cannot run holdall ${record.name}: ${reason}`,
      hint: `Usage: ${renderUsage(record)}`,
    });

  const extra = words[single.length];
  if (extra !== undefined) throw wrong(`"${extra}" is one word too many`);
  const missing = single.find(({ arity }, index) => arity === "one" && words[index] === undefined);
  if (missing) throw wrong(`${missing.name.toUpperCase()} is missing`);
  const placed = single.map(({ name, default: standard }, index) => [name, words[index] ?? standard]);
  const last = record.positionals.find(({ arity }) => arity === "rest");
  return Object.fromEntries(last ? [...placed, [last.name, rest]] : placed);
}

function pickGlobals(options: OptionValues): Record<GlobalName, boolean> {
  const { json, quiet, help, version } = options;
  return {
    json: json === true,
    quiet: quiet === true,
    "no-color": options["no-color"] === true,
    help: help === true,
    version: version === true,
  };
}
