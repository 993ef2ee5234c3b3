import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import type { Plan, SettingValue } from "../../artifact/plan.ts";
import type { BuildEvent } from "../../builder/events.ts";
import type { OpenService } from "../../services/service.ts";
import { cacheDirectory } from "../../system/cache-directory.ts";
import { findFreePort } from "../../system/port-owner.ts";
import { DEFAULT_ADDRESS } from "../addresses.ts";
import type { ApplicationForm } from "../application-form.ts";
import { type CommandOptions, type CommandResult, runCommand } from "../commands/run-command.ts";
import { planDirectories } from "../directories.ts";
import type { EnvironmentEvent } from "../events.ts";
import type { EnvironmentKind } from "../inject.ts";
import { type LoadedObject, loadObject } from "../objects/load-object.ts";
import { type Environment, openEnvironment } from "../open-environment.ts";
import type { Address } from "../resolve-argv.ts";
import type { Runnable } from "../runnable.ts";
import { gatherSettings, type SettingOptions } from "../settings/gather-settings.ts";
import {
  installSystemPackages,
  type PackageInstallation,
} from "../system-packages/install-system-packages.ts";
import { type DescribedSetting, describeSetting } from "./described-setting.ts";
import { EventFeed } from "./event-feed.ts";
import { Lifetime } from "./lifetime.ts";
import { checkForm, prepareRunnable, readSystemPackages } from "./package-form.ts";
import { type StartedProcess, type StartOptions, startProcess } from "./start-process.ts";

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
  /** @throws AppError as runCommand() of commands/run-command.ts. Another status than 0 is no error. */
  runCommand(
    name: string,
    args?: readonly string[],
    options?: Omit<CommandOptions, "args">,
  ): Promise<CommandResult>;
  /** @param name - default `app`. @throws AppError `object_not_found`, `object_failed`. */
  loadObject(name?: string, options?: { readonly signal?: AbortSignal }): Promise<LoadedObject>;
  /** Starts a process of the plan, and resolves when it listens. @throws AppError `process_not_found`, `process_failed`. */
  start(process: string, options?: StartOptions): Promise<StartedProcess>;
  /** What of the plan's system packages is lacking, and installs it unless `dryRun`. @throws AppError `packages_not_installed`. */
  installSystemPackages(options?: { readonly dryRun?: boolean }): Promise<PackageInstallation>;
  /** Ends all that was started here, and waits until it has gone. */
  close(): Promise<void>;
}

/**
 * @param path - of a checkout, an artifact (sealed or open) or a release.
 * @throws AppError `artifact_unreadable` when there is no such thing. What is wrong inside shows at the first use.
 */
export async function openAppPackage(path: string, options: GivenOptions): Promise<AppPackage> {
  options.signal?.throwIfAborted();
  const form = await checkForm(resolve(path));
  return new OpenPackage(resolve(path), form, options);
}

class OpenPackage implements AppPackage {
  readonly path: string;
  readonly form: ApplicationForm;
  readonly events = new EventFeed<PackageEvent>();
  readonly #options: GivenOptions;
  readonly #lifetime: Lifetime;
  #base: Promise<string> | undefined;
  #runnable: Promise<Runnable> | undefined;
  #environment: Promise<Environment> | undefined;

  constructor(path: string, form: ApplicationForm, options: GivenOptions) {
    this.path = path;
    this.form = form;
    this.#options = options;
    this.#lifetime = new Lifetime(path);
    // Whoever closes it, too, hears of what goes wrong.
    const close = () => void this.close().catch(() => {});
    options.signal?.addEventListener("abort", close, { once: true });
  }

  async plan(): Promise<Plan> {
    return (await this.#prepare()).plan;
  }

  async settings(): Promise<readonly DescribedSetting[]> {
    const { plan, kind } = await this.#prepare();
    const directories = planDirectories(await this.#findBase(), kind);
    const { resolved } = await gatherSettings(plan, directories, this.#settingOptions());
    return resolved.map(describeSetting);
  }

  async services(): Promise<Readonly<Record<string, PackageService>>> {
    return (await this.#open()).services.services;
  }

  runCommand(
    name: string,
    args: readonly string[] = [],
    options: Omit<CommandOptions, "args"> = {},
  ): Promise<CommandResult> {
    return this.#lifetime.run(options.signal, async (signal) => {
      const environment = await this.#open();
      return runCommand(environment, name, { onEvent: this.#tell, ...options, args, signal });
    });
  }

  loadObject(name = "app", options: { readonly signal?: AbortSignal } = {}): Promise<LoadedObject> {
    return this.#lifetime.run(options.signal, async (signal) => {
      const loaded = await loadObject(await this.#open(), name, { onEvent: this.#tell, signal });
      const { disown } = this.#lifetime.own(loaded, "part");
      const close = () => loaded.close().finally(disown);
      return { ...loaded, close, [Symbol.asyncDispose]: close };
    });
  }

  start(name: string, options: StartOptions = {}): Promise<StartedProcess> {
    return this.#lifetime.run(options.signal, async (signal) => {
      const environment = await this.#open();
      const owned = { signal, onEvent: this.#tell, lifetime: this.#lifetime };
      return startProcess(environment, name, { ...options, ...owned });
    });
  }

  installSystemPackages({ dryRun = false } = {}): Promise<PackageInstallation> {
    return this.#lifetime.run(undefined, async (signal) => {
      const packages = await readSystemPackages(this.path, this.form);
      const onLine = (message: string) => this.#tell({ kind: "note", message });
      return installSystemPackages(packages, { env: this.#options.env, dryRun, signal, onLine });
    });
  }

  async close(): Promise<void> {
    await this.#lifetime.close().finally(() => this.events.close());
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  readonly #tell = (event: PackageEvent): void => {
    this.events.publish(event);
    try {
      this.#options.onEvent?.(event);
    } catch (error) {
      // As an EventTarget does: what is told goes on, and the program hears of its defect.
      queueMicrotask(() => {
        throw error;
      });
    }
  };

  #settingOptions(): SettingOptions {
    const { env, settings, settingsFile } = this.#options;
    return { env, settingsFile, values: settings };
  }

  #findBase(): Promise<string> {
    this.#base ??= this.#makeBase();
    return this.#base;
  }

  async #makeBase(): Promise<string> {
    const { base } = this.#options;
    if (base !== undefined) return resolve(base);
    const directory = await mkdtemp(join(tmpdir(), "holdall-"));
    const close = () => rm(directory, { recursive: true, force: true });
    this.#lifetime.own({ close }, "directory");
    return directory;
  }

  /** Once; when it fails, whoever asks next tries again. */
  #prepare(): Promise<Runnable> {
    this.#runnable ??= this.#once(
      async (signal) => {
        const { env, python, cacheDirectory: cache = join(cacheDirectory(env), "build") } = this.#options;
        const base = await this.#findBase();
        const options = { base, env, python, cacheDirectory: cache, signal, onEvent: this.#tell };
        return prepareRunnable(this.path, this.form, options);
      },
      () => {
        this.#runnable = undefined;
      },
    );
    return this.#runnable;
  }

  #open(): Promise<Environment> {
    this.#environment ??= this.#once(
      async (signal) => {
        const runnable = await this.#prepare();
        const { kind = "run", address = {} } = this.#options;
        const { host = DEFAULT_ADDRESS.host, port = await findFreePort(host) } = address;
        const environment = await openEnvironment({
          ...{ runnable, base: await this.#findBase(), kind, address: { host, port }, signal },
          ...{ ...this.#settingOptions(), onEvent: this.#tell },
        });
        this.#lifetime.own(environment, "environment");
        return environment;
      },
      () => {
        this.#environment = undefined;
      },
    );
    return this.#environment;
  }

  async #once<Result>(
    work: (signal: AbortSignal) => Promise<Result>,
    onFailure: () => void,
  ): Promise<Result> {
    try {
      return await this.#lifetime.run(undefined, work);
    } catch (error) {
      onFailure();
      throw error;
    }
  }
}
