/**
 * What platforms decide about an application: pure data, sealed into the artifact, and the only thing an
 * environment needs to start it. docs/plan.md explains it to readers of other programs.
 */
export interface Plan {
  /** Directories of the application that are on the import path, in order, relative to it; `.` is its root. */
  readonly importPath: readonly string[];
  /**
   * Console scripts that are made where a release is composed, beside those of the distributions' entry points:
   * name to `module:function`. The function is called without arguments, its result is the exit status (PEP 621).
   */
  readonly scripts: Readonly<Record<string, string>>;
  /** Things that end, by the name that users type. `serve` is here whenever the application can serve. */
  readonly commands: Readonly<Record<string, Command>>;
  /** Things that keep running. `web`, if there is one, is what `serve` starts. */
  readonly processes: Readonly<Record<string, Process>>;
  /** Objects by name, for servers and tools that want one; `app` is the application's own. */
  readonly objects: Readonly<Record<string, PlannedObject>>;
  // What there is none of is absent.
  /** Everything starts in the directory of the application's files; absent: of its data. */
  readonly workingDirectory?: "app";
  /** What the host's own package manager must have installed. */
  readonly systemPackages?: SystemPackages;
  /** What an environment tells the application. */
  readonly settings?: Readonly<Record<string, PlannedSetting>>;
  /** What an environment supplies beside the application. */
  readonly services?: Readonly<Record<string, PlannedService>>;
  readonly schedule?: Readonly<Record<string, PlannedSchedule>>;
  readonly lifecycle?: Readonly<Partial<Record<Moment, PlannedMoment>>>;
  readonly mail?: PlannedMail;
  /** URL path to directory of the application, `.` for its root. */
  readonly static?: Readonly<Record<string, string>>;
}

/** When a lifecycle command runs. `migrated` ends with 0 when `migrate` has nothing to do. */
export const MOMENTS = [
  "install",
  "verify",
  "migrate",
  "backup",
  "restore",
  "uninstall",
  "health",
  "migrated",
  "unit_test",
] as const;
export type Moment = (typeof MOMENTS)[number];

export const SETTING_TYPES = [
  "string",
  "int",
  "bool",
  "url",
  "duration",
  "size",
  "list",
  "secret",
  "choice",
  "flag",
] as const;
export type SettingType = (typeof SETTING_TYPES)[number];

export type SettingValue = string | number | boolean | readonly string[];

/** One of `env` and `file` is there: docs/plan.md. */
export interface PlannedSetting {
  readonly type: SettingType;
  readonly help: string;
  readonly isRequired: boolean;
  readonly default?: SettingValue;
  /** Made once by the environment when nobody gives one. */
  readonly generate?: "secret";
  readonly choices?: readonly string[];
  /** Environment variable with the value; with `file`, with the path of the file. */
  readonly env?: string;
  /** `PATH#KEY`, where the application reads it; with `env` a path alone: the value is all that is in it. */
  readonly file?: string;
}

export interface PlannedService {
  /** Name of a service of holdall's: `postgres`. */
  readonly type: string;
  /**
   * Environment variable with its URL or directory; or, for each variable, a part of the service (`host`), or the scheme of
   * its URL (`postgresql+asyncpg://`). Absent: as the service names them, see docs/environment.md.
   */
  readonly env?: string | Readonly<Record<string, string>>;
  /** The application can give none. */
  readonly password?: "none";
  /** Of `public_files`: how much they may have; absent: as the service has it. */
  readonly quotaBytes?: number;
}

export interface PlannedSchedule {
  /** As crontab(5) has it, or `@daily` and its kin. */
  readonly cron: string;
  /** Name of a command. */
  readonly command: string;
}

export interface PlannedMoment {
  /** Name of a command. */
  readonly command: string;
  /** Of `migrate`: the release before can live with the data after it. */
  readonly isCompatible?: true;
  /** Of `unit_test`: it makes the data that it works on, so `migrate` does not run before it. */
  readonly hasOwnData?: true;
}

export interface PlannedMail {
  /** Name of the command that gets each message on standard input. */
  readonly command: string;
  /** Of a message; absent: as the environment has it. */
  readonly maxBytes?: number;
}

/** Names of packages, for hosts of each kind; one of the lists may be empty. */
export interface SystemPackages {
  readonly deb: readonly string[];
  readonly rpm: readonly string[];
}

/**
 * A word of an argv. In it `{app}` is the absolute directory of the application's files, `{host}` and `{port}` where
 * to listen; `{{` and `}}` are braces. Nothing else is replaced, and no shell ever sees it.
 */
export type Word = string;

/** A directory that no application has, for servers that put one on the import path and cannot be told not to. */
export const NOWHERE: Word = "{app}/.nothing-to-import";

/** The names that may stand in braces. */
export const PLACEHOLDERS = ["app", "host", "port"] as const;

/**
 * The first word is looked up in the release's `bin` first (`python` is there too), then in PATH.
 * Arguments of the user follow.
 */
export interface ArgvCommand {
  readonly kind: "argv";
  readonly argv: readonly Word[];
  /** One line for lists of commands; empty when nobody wrote one. */
  readonly help: string;
  /** `own`: the application's or description's; `platform`: added by a platform; both are listed, `own` first. */
  readonly origin: "own" | "platform";
}

/** A request to the application itself: the command succeeds when the status is below 400. */
export interface UrlCommand {
  readonly kind: "url";
  readonly path: string;
  readonly help: string;
  readonly origin: "own" | "platform";
}

/** SQL files, run once each, in this order, against a declared database. */
export interface SqlCommand {
  readonly kind: "sql";
  readonly database: string;
  readonly files: readonly string[];
  readonly help: string;
  readonly origin: "own" | "platform";
}

export type Command = ArgvCommand | UrlCommand | SqlCommand;

export interface Process {
  readonly argv: readonly Word[];
  /** How many run side by side; 1 when `overlap` is `never`. */
  readonly instances: number;
  /** `never`: two of these never run at the same time, not even during an upgrade. */
  readonly overlap: "allowed" | "never";
}

export interface PlannedObject {
  readonly interface: "wsgi" | "asgi" | "python";
  readonly module: string;
  /** Dotted path inside the module. */
  readonly attribute: string;
  /** The object is made by calling it without arguments. */
  readonly isFactory: boolean;
}
