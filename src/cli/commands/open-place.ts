import { join, resolve } from "node:path";
import { DEFAULT_ADDRESS } from "../../environment/addresses.ts";
import type { OnEnvironmentEvent } from "../../environment/events.ts";
import { openApplication } from "../../environment/open-application.ts";
import { type Environment, openEnvironment } from "../../environment/open-environment.ts";
import type { Address } from "../../environment/resolve-argv.ts";
import { AppError } from "../../errors/app-error.ts";
import { cacheDirectory } from "../../system/cache-directory.ts";
import type { Context } from "../command.ts";
import { describeBuildEvent } from "../render/build-event.ts";
import type { EnvironmentValues } from "./arguments.ts";

export interface PlaceOptions {
  readonly values: EnvironmentValues;
  readonly context: Context;
  /** Names of processes that are going to be started in it; those of commands mean nothing here. */
  readonly starts: readonly string[];
}

export interface Place {
  readonly environment: Environment;
  /** Shows what goes on in it. */
  readonly onEvent: OnEnvironmentEvent;
}

/** The environment of an application that was named in a command line, with progress shown. */
export async function openPlace(
  path: string,
  { values, context: { env, signal, onProgress }, starts }: PlaceOptions,
): Promise<Place> {
  const address = readAddress(values, env);
  const runnable = await openApplication(path, {
    ...{ cacheDirectory: join(cacheDirectory(env), "build"), env, signal },
    onEvent: (event) => {
      const progress = describeBuildEvent(event);
      if (progress) onProgress(progress);
    },
  });
  const isCheckout = runnable.kind === "checkout";
  const onEvent = describeEnvironmentEvent(onProgress);
  const environment = await openEnvironment({
    ...{ runnable, env, address, signal, onEvent, starts, set: values.set },
    base: resolve(values.environment ?? (isCheckout ? path : ".")),
    kind: isCheckout ? "development" : "run",
    settingsFile: values.settings,
  });
  return { environment, onEvent };
}

export function describeEnvironmentEvent(onProgress: Context["onProgress"]): OnEnvironmentEvent {
  return (event) => {
    if (event.kind === "output") onProgress({ kind: "warning", text: `${event.part}: ${event.line}` });
    if (event.kind === "note") onProgress({ kind: "step", text: event.message });
    if (event.kind === "warning") onProgress({ kind: "warning", text: `warning: ${event.message}` });
  };
}

/**
 * Where `web` is going to listen.
 * @throws AppError `usage_wrong`.
 */
export function readAddress(
  { port }: Pick<EnvironmentValues, "port">,
  env: Readonly<NodeJS.ProcessEnv>,
): Address {
  const text = port ?? (env["PORT"] || String(DEFAULT_ADDRESS.port));
  const number = /^\d{1,5}$/.test(text) ? Number(text) : 0;
  if (number >= 1 && number <= 65_535) return { host: env["HOST"] || DEFAULT_ADDRESS.host, port: number };
  throw new AppError({
    code: "usage_wrong",
    message: `cannot use ${port === undefined ? "the variable PORT" : "--port"}: ${JSON.stringify(text)} is not a port`,
    hint: "Use a whole number from 1 to 65535.",
    details: { option: "--port" },
  });
}
