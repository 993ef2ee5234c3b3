import { join } from "node:path";
import { type GuardedProcess, startGuarded } from "../system/guarded-process.ts";
import { findAddresses, findMailAddress } from "./addresses.ts";
import type { Runnable } from "./application/runnable.ts";
import { type Directories, ensureDirectories, planDirectories } from "./directories/directories.ts";
import type { OnEnvironmentEvent } from "./events.ts";
import {
  type EnvironmentKind,
  inheritVariables,
  injectVariables,
  type Part,
  type Variables,
} from "./inject.ts";
import { listPresences } from "./presence.ts";
import type { Address } from "./resolve-argv.ts";
import { listFormerServices } from "./services/former-services.ts";
import { type OpenServices, openServices } from "./services/open-services.ts";
import { deliverSettings } from "./settings/deliver-settings.ts";
import { ensureSettings, type SettingOptions } from "./settings/gather-settings.ts";
import { type ResolvedSetting, requireSettings } from "./settings/resolve-settings.ts";

export interface EnvironmentOptions extends SettingOptions {
  readonly runnable: Runnable;
  /** Absolute: docs/environment.md, "Directories". */
  readonly base: string;
  readonly kind: EnvironmentKind;
  /** Where `web` listens. */
  readonly address: Address;
  /**
   * Processes that are going to be started, and `mail`; default: all. The others are told to be where a `holdall dev`
   * in the same environment has them, or else where they would be.
   */
  readonly starts?: readonly string[] | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly onEvent?: OnEnvironmentEvent | undefined;
}

/** A place in which the commands and processes of an application can be run, with all that they are told. */
export interface Environment {
  readonly kind: EnvironmentKind;
  readonly runnable: Runnable;
  readonly directories: Directories;
  readonly settings: readonly ResolvedSetting[];
  readonly services: OpenServices;
  /** Where each process that listens is asked. */
  readonly addresses: Readonly<Record<string, Address>>;
  /** Where mail comes in; undefined for a plan without. */
  readonly mailAddress: Address | undefined;
  /** The whole environment of a command or process. `address`: where it listens, if not where it is asked. */
  variablesOf(part: Part, address?: Address): Variables;
  /** Whether servers of its own run now, which end with it. */
  hasServers(): boolean;
  /** Ends servers of its own. Whoever has started something in it stops that first. */
  close(): Promise<void>;
}

/**
 * Makes directories, settings and services ready: whatever was there before, running it twice is running it once.
 * @throws AppError `setting_invalid`, `setting_missing`, `setting_unknown`, `settings_unreadable`, `setting_file_refused`,
 * `port_in_use`, and what openServices() throws. What was opened is closed then.
 */
export async function openEnvironment(options: EnvironmentOptions): Promise<Environment> {
  const { runnable, base, kind, env, signal, onEvent = () => {} } = options;
  const directories = planDirectories(base, runnable.kind);
  await ensureDirectories(directories);
  const { resolved, others } = await ensureSettings(runnable.plan, directories, options);
  requireSettings(resolved);
  const delivered = await deliverSettings(resolved, directories);
  const { addresses, mailAddress } = await planAddresses(options, directories);
  const python = join(runnable.prefix, "bin/python");
  const planned = runnable.plan.services ?? {};
  for (const { name, type, path } of await listFormerServices(directories.services, planned)) {
    const message = `the description has no ${name} of type ${type} any more: its data stay in ${path} until you remove them`;
    onEvent({ kind: "note", message });
  }
  const servers = new Set<GuardedProcess>();
  const services = await openServices(runnable.plan, {
    ...{ directories, env, signal, onEvent, application: runnable.name },
    mayMakeDatabases: kind === "test",
    given: { ...others, ...env },
    async startServer(server) {
      const started = await startGuarded({ ...server, python });
      servers.add(started);
      void started.ended.then(() => servers.delete(started));
      return started;
    },
  });
  for (const [name, { type }] of Object.entries(planned)) onEvent({ kind: "service-ready", name, type });
  // As settings: of a variable that the caller has set, too, the settings file is only the default.
  const inherited = inheritVariables({ kind, env });
  const added = Object.entries(others).filter(([name]) => !Object.hasOwn(inherited, name));
  const supplied = { ...Object.fromEntries(added), ...delivered, ...services.variables };
  const injection = { kind, runnable, directories, env, supplied, addresses, mailAddress };
  return {
    ...{ kind, runnable, directories, settings: resolved, services, addresses, mailAddress },
    variablesOf: (part, address = addresses[part.name] ?? options.address) =>
      injectVariables(injection, part, address),
    hasServers: () => servers.size > 0,
    close: () => services.close(),
  };
}

async function planAddresses(
  { runnable: { plan }, address, starts: names }: EnvironmentOptions,
  directories: Directories,
): Promise<Pick<Environment, "addresses" | "mailAddress">> {
  const starts = (name: string) => names?.includes(name) ?? true;
  const others = (await listPresences(directories.base)).filter(({ pid }) => pid !== process.pid);
  const planned = await findAddresses(plan, address, { starts, others });
  const addresses = Object.entries(planned).map(([name, own]) => {
    const other = others.find(({ addresses }) => Object.hasOwn(addresses, name));
    return [name, starts(name) ? own : (other?.addresses[name] ?? own)] as const;
  });
  const isFree = starts("mail");
  const mail = await findMailAddress(plan, address.host, { isFree });
  const otherMail = others.find((each) => each.mail !== undefined)?.mail;
  return {
    addresses: Object.fromEntries(addresses),
    mailAddress: mail && !isFree ? (otherMail ?? mail) : mail,
  };
}
