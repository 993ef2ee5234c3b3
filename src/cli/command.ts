/** One word of a command line that is not an option. */
export interface Positional {
  readonly name: string;
  readonly help: string;
  /** `rest` is last, takes all that follows as it is, and nothing after the word before it is read as an option. */
  readonly arity: "one" | "optional" | "rest";
  /** Of `rest`: it starts after `--` only, and words before it are read as they always are. */
  readonly isSeparated?: true;
  readonly default?: string;
  /** For completion. */
  readonly is: "file" | "directory" | "text" | Choices;
}

export type Choices = readonly string[];

export interface Option {
  readonly type: "boolean" | "string";
  readonly short?: string;
  /** What stands for the value in help: `FILE`. */
  readonly value?: string;
  /** May be given several times, and each value may be several with commas between. */
  readonly isList?: true;
  /** Of a list: each value is one, whatever commas are in it. */
  readonly keepsCommas?: true;
  readonly help: string;
  readonly is?: "file" | "directory" | "text";
}

export interface Example {
  /** A whole command line, without the prompt. */
  readonly line: string;
  readonly help: string;
}

/** What the outside gives to a command. Nothing below `cli` knows that there is a terminal or `process.env`. */
export interface Context {
  readonly env: Readonly<NodeJS.ProcessEnv>;
  /** Aborted by Ctrl-C; its reason is an AppError `interrupted`. */
  readonly signal: AbortSignal;
  /** Shows what goes on during long work. */
  readonly onProgress: (progress: Progress) => void;
  /**
   * Shows what happens while a command runs that is there to be watched: on stdout, as `live` of its entry renders it, or with
   * `--json` as one line each. The promise is kept when the reader has room for more.
   */
  readonly onEvent: (event: object) => Promise<void> | undefined;
  /** Asks the user, who answers yes with Enter, until the signal; undefined where nobody is there to ask. */
  readonly confirm: Confirm | undefined;
  /** Takes away what is shown of it, before a program of the user's gets the terminal. */
  readonly hideProgress: () => void;
  /** stdout is for one JSON document: what a program prints goes elsewhere. */
  readonly isJson: boolean;
}

export type Confirm = (question: string, signal?: AbortSignal) => Promise<boolean>;

/** One line for people about long work. A `warning` stays on the screen, a `detail` appears on terminals only. */
export interface Progress {
  readonly kind: "step" | "detail" | "warning";
  readonly text: string;
}

/** What a command says about itself: the parser, help, completion and docs/cli.md are all made from this. */
export interface CommandRecord {
  readonly name: string;
  /** For lists: a verb first, no period. */
  readonly summary: string;
  /** Paragraphs for the help of this command. */
  readonly details: readonly string[];
  readonly positionals: readonly Positional[];
  readonly options: Readonly<Record<string, Option>>;
  readonly examples: readonly Example[];
}

type OptionValue<Each extends Option> = Each["type"] extends "boolean"
  ? boolean
  : Each extends { readonly isList: true }
    ? readonly string[]
    : string | undefined;

type PositionalValue<Each extends Positional> = Each extends { readonly arity: "rest" }
  ? readonly string[]
  : Each extends { readonly arity: "one" } | { readonly default: string }
    ? string
    : string | undefined;

/** Typed from the record of the command: positionals and options by their names. */
export type Arguments<Record_ extends CommandRecord> = {
  readonly [Each in Record_["positionals"][number] as Each["name"]]: PositionalValue<Each>;
} & { readonly [Name in keyof Record_["options"]]: OptionValue<Record_["options"][Name]> };

/** Returns a value and prints nothing: render/ shows it, `--json` prints it as it is. */
export type Run<Record_ extends CommandRecord, Value> = (
  args: Arguments<Record_>,
  context: Context,
) => Promise<Value>;

export interface Command<Record_ extends CommandRecord, Value> {
  readonly record: Record_;
  readonly run: Run<Record_, Value>;
}

/** Ties a record to its run function, so that the arguments have the types that the record asks for. */
export function defineCommand<const Record_ extends CommandRecord, Value>(
  record: Record_,
  run: Run<Record_, Value>,
): Command<Record_, Value> {
  return { record, run };
}
