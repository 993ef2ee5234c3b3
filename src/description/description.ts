import type { Moment, SettingType as PlannedType } from "../artifact/plan.ts";

/**
 * What the user wrote, checked, with what could be derived filled in. docs/description.md explains each field; the
 * records in schema/ hold type, default and help of each.
 */
export interface Description {
  /** `[a-z0-9]` with `-` between, at most 40: also a file name, a unit name, a Kubernetes label. */
  readonly name: string;
  /** Undefined until the build knows it: that of the distribution which `pip` names like the application. */
  readonly version: string | undefined;
  /** In the order written; `python` is implied by the others of its family. */
  readonly platforms: readonly string[];
  readonly os: readonly string[];
  /** PEP 440 specifier (`>=3.11`, `<3`), undefined: any. */
  readonly python: string | undefined;
  /** Where the Python that runs it comes from. */
  readonly interpreter: "host" | "inside";
  /** Words of target-words.ts, for Pythons and for machines; empty: the build's own. */
  readonly targets: readonly string[];
  readonly rpm: readonly string[];
  readonly deb: readonly string[];
  /** Requirements (PEP 508) and requirement files, in the order written. */
  readonly pip: readonly PipSource[];
  /** What the tests need beside these; never the project. */
  readonly testPip: readonly PipSource[];
  /** Where versions and hashes of the distributions are fixed; undefined: the build writes `holdall.lock`. */
  readonly lock: Lock | undefined;
  /** Directories that are on the import path before the application's root; relative, without a `/` at the end. */
  readonly paths: readonly string[];
  /** `module:object`; `module:function()` is a factory. Undefined: the platform finds it. */
  readonly app: string | undefined;
  readonly processes: Readonly<Record<string, DescribedProcess>>;
  /** Of a checkout that is being developed: instead of the process of that name, or beside the others. */
  readonly development: Readonly<Record<string, DescribedProcess>>;
  readonly commands: Readonly<Record<string, DescribedCommand>>;
  readonly schedule: Readonly<Record<string, ScheduledCommand>>;
  readonly lifecycle: Readonly<Partial<Record<LifecycleName, LifecycleCommand>>>;
  /** Where everything starts: in the directory of its data, or of its files. */
  readonly workingDirectory: "data" | "app";
  /** What gets each incoming message. */
  readonly mail: DescribedMail | undefined;
  readonly settings: Readonly<Record<string, Setting>>;
  readonly services: Readonly<Record<string, DescribedService>>;
  /** URL path to directory. */
  readonly static: Readonly<Record<string, string>>;
  /** gitignore-style patterns of what goes into the artifact; empty: everything that is not ignored. */
  readonly files: readonly string[];
  /** argv of each command that runs before packing, in order: plain words, nothing in them is replaced. */
  readonly build: readonly (readonly string[])[];
}

export type PipSource =
  | { readonly kind: "requirement"; readonly text: string }
  | { readonly kind: "file"; readonly path: string }
  /** The application itself is a distribution with a build backend. */
  | { readonly kind: "project" };

/** `requirements`: a requirement file in which everything is pinned and has a hash. */
export interface Lock {
  readonly kind: "uv" | "poetry" | "pylock" | "requirements" | "holdall";
  readonly path: string;
}

export const LIFECYCLE_NAMES = [
  "install",
  "verify",
  "migrate",
  "backup",
  "restore",
  "uninstall",
  "health",
  "migrated",
  "unit_test",
] as const satisfies readonly Moment[];
export type LifecycleName = (typeof LIFECYCLE_NAMES)[number];

/**
 * One of these kinds; a plain text in the description is `argv`, split as a shell would without running one.
 * Words of an argv are as `DescribedProcess.argv` says; `path` and `files` are files inside the application.
 */
export type DescribedCommand = { readonly help: string } & (
  | { readonly kind: "argv"; readonly argv: readonly string[] }
  | { readonly kind: "script"; readonly path: string }
  | { readonly kind: "function"; readonly function: string }
  | { readonly kind: "url"; readonly path: string }
  | { readonly kind: "sql"; readonly database: string; readonly files: readonly string[] }
);

export type LifecycleCommand = DescribedCommand & {
  /** Of `migrate`: the release before can live with the data after it, so both may run during an upgrade. */
  readonly isCompatible?: true;
  /** Of `unit_test`: it makes the data that it works on. */
  readonly hasOwnData?: true;
};

export interface DescribedMail {
  /** Its own, or that of the command that the description named. */
  readonly command: DescribedCommand;
  readonly maxBytes: number | undefined;
}

export interface DescribedProcess {
  /**
   * Words of a plan, as docs/plan.md says: platforms copy them unchanged. `{app}`, `{host}` and `{port}` are
   * placeholders, other braces that the user wrote are doubled already (see words.ts).
   */
  readonly argv: readonly string[];
  readonly instances: number;
  readonly overlap: "allowed" | "never";
}

export interface ScheduledCommand {
  /** Five cron fields, or `@daily` and its kin. */
  readonly cron: string;
  /** Its own, or that of the command that the description named. */
  readonly command: DescribedCommand;
}

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
] as const satisfies readonly PlannedType[];
export type SettingType = (typeof SETTING_TYPES)[number];

export interface Setting {
  readonly type: SettingType;
  readonly default: string | number | boolean | readonly string[] | undefined;
  readonly isRequired: boolean;
  /** Made by the environment when nobody gives one. */
  readonly generate: "secret" | undefined;
  readonly choices: readonly string[];
  readonly help: string;
  /** Environment variable it goes into; default: the setting's name in upper case. Undefined when `file` has a key. */
  readonly env: string | undefined;
  /** `path#key`: the file that the application reads, and where in it. A path alone: the variable has the path. */
  readonly file: string | undefined;
}

/** What users write after `type:` of a service; services/registry.ts has the kind that each of them is. */
export const SERVICE_TYPES = ["postgres", "mysql", "redis", "sqlite", "files", "public_files"] as const;
export type ServiceType = (typeof SERVICE_TYPES)[number];

/** Those that SQL files can be run against. */
export const DATABASE_TYPES: readonly string[] = [
  "postgres",
  "mysql",
  "sqlite",
] satisfies readonly ServiceType[];

export interface DescribedService {
  readonly type: ServiceType;
  /**
   * Environment variable that its URL or directory goes into; or, for each variable, the part of the service (`host`), or
   * the scheme that its URL is to have (`postgresql+asyncpg://`). Undefined: the service names them.
   */
  readonly env: string | Readonly<Record<string, string>> | undefined;
  /** The application can give none. */
  readonly password: "none" | undefined;
  /** Of `public_files`. */
  readonly quotaBytes: number | undefined;
}

/** What an application is, and where each part of it came from. */
export interface Described {
  readonly description: Description;
  readonly origins: Origins;
}

/** Where a value came from, for `holdall check`: field of the description (`name`, `processes.web`) to origin. */
export type Origins = Readonly<Record<string, Origin>>;

export interface Origin {
  /** `holdall.yaml`, `pyproject.toml [project]`, `Procfile`; or `default`. */
  readonly source: string;
  /** 1-based; undefined when the whole file says it. */
  readonly line: number | undefined;
}

/** The only view of an application's files that deciding code gets: relative `/`-separated paths, no writing. */
export interface AppFiles {
  /** Whether a regular file, or a link inside the application to one, is at this path. */
  has(path: string): boolean;
  /** Text of a file, undefined when there is none. Files over 4 MiB are refused (`description_unreadable`). */
  read(path: string): string | undefined;
  /** Names in a directory, sorted; directories end in `/`. Empty when there is none. */
  list(directory: string): readonly string[];
}
