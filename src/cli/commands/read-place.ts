import { resolve } from "node:path";
import { DEFAULT_ADDRESS } from "../../environment/addresses.ts";
import { findForm } from "../../environment/application/application-form.ts";
import type { RequirementOptions } from "../../environment/check-requirements.ts";
import type { Address } from "../../environment/resolve-argv.ts";
import { AppError } from "../../errors/app-error.ts";
import { buildCacheDirectory } from "../../system/cache-directory.ts";
import type { Context } from "../command.ts";
import type { EnvironmentValues } from "./arguments.ts";
import { reportBuilding } from "./report-building.ts";

/**
 * What a command line says of the environment of an application, with what holds where it says nothing.
 * @param path - absolute.
 * @throws AppError `usage_wrong`.
 */
export function readPlace(path: string, values: EnvironmentValues, context: Context): RequirementOptions {
  const { env, signal } = context;
  return {
    base: readBase(path, values),
    kind: findForm(path) === "checkout" ? "development" : "run",
    ...{ address: readAddress(values, env), settingsFile: values.settings, set: values.set },
    ...{ env, signal, cacheDirectory: buildCacheDirectory(env), onBuildEvent: reportBuilding(context) },
  };
}

/** Directory of the environment, absolute. */
export function readBase(path: string, { environment }: Pick<EnvironmentValues, "environment">): string {
  return resolve(environment ?? (findForm(path) === "checkout" ? path : "."));
}

/** Where `web` is going to listen. */
function readAddress({ port }: Pick<EnvironmentValues, "port">, env: Readonly<NodeJS.ProcessEnv>): Address {
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
