import { mkdtemp, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { MOMENTS, type Plan } from "../../artifact/plan.ts";
import { AppError } from "../../errors/app-error.ts";
import { buildCacheDirectory } from "../../system/cache-directory.ts";
import { errnoOf } from "../../system/file-errors.ts";
import { findFreePort } from "../../system/port-owner.ts";
import { DEFAULT_ADDRESS } from "../addresses.ts";
import { type ApplicationForm, findForm } from "../application/application-form.ts";
import { openApplication } from "../application/open-application.ts";
import { readApplication } from "../application/read-application.ts";
import type { Runnable } from "../application/runnable.ts";
import { type CommandOptions, type CommandResult, runCommand } from "../commands/run-command.ts";
import { planDirectories } from "../directories/directories.ts";
import { inheritVariables } from "../inject.ts";
import { type LoadedObject, loadObject } from "../objects/load-object.ts";
import { type Environment, openEnvironment } from "../open-environment.ts";
import { gatherSettings, type SettingOptions } from "../settings/gather-settings.ts";
import { GENERATE_CONFIG, generateConfig } from "../settings/generate-config.ts";
import {
  installSystemPackages,
  type PackageInstallation,
} from "../system-packages/install-system-packages.ts";
import type { AppPackage, GivenOptions, PackageEvent, PackageService } from "./app-package.ts";
import { type DescribedSetting, describeSetting } from "./described-setting.ts";
import { EventFeed } from "./event-feed.ts";
import { Lifetime } from "./lifetime.ts";
import { type StartedProcess, type StartOptions, startProcess } from "./start-process.ts";

/**
 * @param path - of a checkout, an artifact (sealed or open) or a release.
 * @throws AppError `artifact_unreadable` when there is no such thing. What is wrong inside shows at the first use.
 */
export async function openAppPackage(path: string, options: GivenOptions): Promise<AppPackage> {
  options.signal?.throwIfAborted();
  const absolute = resolve(path);
  await stat(absolute).catch((cause: unknown) => {
    const errno = errnoOf(cause);
    throw new AppError({
      code: "artifact_unreadable",
      message: `cannot open ${path}: ${errno === "ENOENT" ? "there is no such file" : `the system says ${errno}`}`,
      hint: "Name the directory of an application, an artifact, or a release.",
      details: { file: path },
      cause,
    });
  });
  return new OpenPackage(absolute, findForm(absolute), options);
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
      const template = name === GENERATE_CONFIG ? await this.#generateConfig() : undefined;
      if (template !== undefined) return { status: 0, signal: undefined, stdout: template, stderr: "" };
      const environment = await this.#open();
      const command = findCommandName(environment.runnable.plan, name);
      return runCommand(environment, command, { onEvent: this.#tell, ...options, args, signal });
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
      // Nothing is prepared for that: what lacks them cannot be.
      const { systemPackages = { deb: [], rpm: [] } } = (await readApplication(this.path)).plan;
      const onLine = (message: string) => this.#tell({ kind: "note", message });
      return installSystemPackages(systemPackages, { env: this.#options.env, dryRun, signal, onLine });
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

  /** What is set where a program runs that tests others, an address of a database say, is not for what it tests. */
  #settingOptions(): SettingOptions {
    const { kind = "run", env, settings, settingsFile } = this.#options;
    return { env: kind === "test" ? inheritVariables({ kind, env }) : env, settingsFile, values: settings };
  }

  /** Before there is an environment, which may lack the very settings that are asked for. */
  async #generateConfig(): Promise<string | undefined> {
    const { name, plan } = await this.#prepare();
    return generateConfig(name, plan);
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
        const { kind, env, python, cacheDirectory = buildCacheDirectory(env) } = this.#options;
        const base = await this.#findBase();
        // Not in the checkout: nothing is written there that nobody asked for.
        const isDevelopment = kind === "development";
        const options = {
          ...{ base, env, python, cacheDirectory, signal, onEvent: this.#tell },
          ...{ isDevelopment, forTests: kind === "test" },
        };
        return openApplication(this.path, options);
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

/** A command of that name, else the one of that moment. */
function findCommandName({ commands, lifecycle }: Plan, name: string): string {
  if (Object.hasOwn(commands, name)) return name;
  const moment = MOMENTS.find((each) => each === name);
  return (moment && lifecycle?.[moment]?.command) ?? name;
}
