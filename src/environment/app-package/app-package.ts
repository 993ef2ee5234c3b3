import type { Plan, SettingValue } from "../../artifact/plan.ts";
import type { BuildEvent } from "../../builder/events.ts";
import type { OpenService } from "../../services/service.ts";
import type { ApplicationForm } from "../application/application-form.ts";
import type { CommandOptions, CommandResult } from "../commands/run-command.ts";
import type { EnvironmentEvent } from "../events.ts";
import type { EnvironmentKind } from "../inject.ts";
import type { LoadedObject } from "../objects/load-object.ts";
import type { Address } from "../resolve-argv.ts";
import type { PackageInstallation } from "../system-packages/install-system-packages.ts";
import type { DescribedSetting } from "./described-setting.ts";
import type { StartedProcess, StartOptions } from "./start-process.ts";

export type PackageEvent = EnvironmentEvent | BuildEvent;

export interface PackageOptions {
  /** What is injected differs: docs/environment.md. Default `run`. */
  readonly kind?: EnvironmentKind;
  /**
   * Directory of the environment: data, logs, settings. It stays, and what opens it next finds what was there. Default: a fresh
   * private one, removed by `close`.
   */
  readonly base?: string;
  /** Values by the setting's name; they win over those of files and variables. */
  readonly settings?: Readonly<Record<string, SettingValue>>;
  /** Default: `.env` in `base`, when it is there. */
  readonly settingsFile?: string;
  /** The environment of the caller, of which docs/environment.md says what is inherited. Default: that of this process. */
  readonly env?: Readonly<NodeJS.ProcessEnv>;
  /** Where `web` listens; other processes on the next ports that are free. Default: 127.0.0.1, on a port that is free. */
  readonly address?: Partial<Address>;
  /** Of a checkout: version or path of its Python. Default: the one that fits best. */
  readonly python?: string;
  /** Absolute; of a checkout. Default: as `holdall build` has it. */
  readonly cacheDirectory?: string;
  /** Closes the package when aborted: whatever is under way then rejects. */
  readonly signal?: AbortSignal;
  readonly onEvent?: (event: PackageEvent) => void;
}

/** At the border of the library `env` has got its default. */
export type GivenOptions = PackageOptions & Required<Pick<PackageOptions, "env">>;

/** What a user of the library may do with a service; the environment opens and closes it. */
export type PackageService = Omit<OpenService, "close" | "setUp">;

/** An application, whatever form it has, with an environment of its own. Nothing of it is prepared before it is needed. */
export interface AppPackage extends AsyncDisposable {
  /** Absolute. */
  readonly path: string;
  readonly form: ApplicationForm;
  /** All that is told; a reader gets the last 1,000 first. */
  readonly events: AsyncIterable<PackageEvent>;
  /** What the platforms decided; a checkout gets its Python environment for that. */
  plan(): Promise<Plan>;
  /** Each setting with its value and where that comes from. Secrets are masked, and nothing is started or made. */
  settings(): Promise<readonly DescribedSetting[]>;
  /** By name, ready to be used: `check`, `backup`, `restore`, `clear`. */
  services(): Promise<Readonly<Record<string, PackageService>>>;
  /**
   * Runs a command to its end, under a guard: nothing that it has started is left then.
   * @param name - of a command, a moment of the lifecycle (`unit_test`, `migrate`), or a program of the application's own
   * environment (`python`).
   * @throws AppError `command_not_found`, `program_not_found`, `sql_failed`, …. Another status than 0 is no error.
   */
  runCommand(
    name: string,
    args?: readonly string[],
    options?: Omit<CommandOptions, "args">,
  ): Promise<CommandResult>;
  /**
   * @param name - of the plan, default `app`; or `module:function`, to `call` it. @throws AppError `object_not_found`,
   * `object_failed`.
   */
  loadObject(name?: string, options?: { readonly signal?: AbortSignal }): Promise<LoadedObject>;
  /** Starts a process of the plan, and resolves when it listens. @throws AppError `process_not_found`, `process_failed`. */
  start(process: string, options?: StartOptions): Promise<StartedProcess>;
  /**
   * What of the plan's system packages is lacking, and installs it unless `dryRun`. @throws AppError
   * `packages_not_installed`.
   */
  installSystemPackages(options?: { readonly dryRun?: boolean }): Promise<PackageInstallation>;
  /** Ends all that was started here, and waits until it has gone. */
  close(): Promise<void>;
}
