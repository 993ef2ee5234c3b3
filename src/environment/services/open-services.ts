import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import type { Plan, PlannedService } from "../../artifact/plan.ts";
import { AppError } from "../../errors/app-error.ts";
import { findServiceKind } from "../../services/registry.ts";
import type { OpenService, ServerEvent, ServicePlace } from "../../services/service.ts";
import type { Directories } from "../directories/directories.ts";
import type { EnvironmentEvent, OnEnvironmentEvent } from "../events.ts";
import type { Variables } from "../inject.ts";
import { findAddress, nameValues } from "./service-variables.ts";

export interface ServicesOptions {
  readonly directories: Directories;
  /** For programs of the machine: PATH and the like. */
  readonly env: Readonly<NodeJS.ProcessEnv>;
  /** What settings files and the caller say; an address in it is used instead of a service of the environment's own. */
  readonly given: Readonly<NodeJS.ProcessEnv>;
  readonly startServer: ServicePlace["startServer"];
  readonly signal: AbortSignal | undefined;
  readonly onEvent?: OnEnvironmentEvent | undefined;
  /** Its name. */
  readonly application: string;
  /** As tests do. */
  readonly mayMakeDatabases?: boolean;
}

export interface OpenServices {
  /** For the application. */
  readonly variables: Variables;
  /** Names of the variables that have a password in them. */
  readonly secrets: ReadonlySet<string>;
  readonly services: Readonly<Record<string, OpenService>>;
  /** Ends the servers that were started. Does not throw for those that have ended already. */
  close(): Promise<void>;
}

interface Opened {
  readonly service: OpenService;
  readonly variables: Variables;
  readonly secrets: readonly string[];
}

/**
 * Opens all services of a plan at the same time, each with what the application needs in it.
 * @throws AppError of the first that cannot be opened; then the others are closed again.
 */
export async function openServices(
  { services = {} }: Pick<Plan, "services">,
  options: ServicesOptions,
): Promise<OpenServices> {
  const failure = new AbortController();
  const signal = AbortSignal.any([failure.signal, ...(options.signal ? [options.signal] : [])]);
  const settled = await Promise.allSettled(
    Object.entries(services).map(async ([name, planned]) => {
      try {
        return { name, ...(await openPlanned(name, planned, { ...options, signal })) };
      } catch (error) {
        if (!failure.signal.aborted) failure.abort(error); // the reason of the others, too
        throw error;
      }
    }),
  );
  const opened = settled.flatMap((each) => (each.status === "fulfilled" ? [each.value] : []));
  const close = async () => {
    for (const { service } of opened.toReversed()) await service.close();
  };
  if (opened.length < settled.length) {
    await close();
    throw signal.reason;
  }
  return {
    variables: Object.assign({}, ...opened.map(({ variables }) => variables)),
    secrets: new Set(opened.flatMap(({ secrets }) => secrets)),
    services: Object.fromEntries(opened.map(({ name, service }) => [name, service])),
    close,
  };
}

async function openPlanned(name: string, planned: PlannedService, options: ServicesOptions): Promise<Opened> {
  const { directories, env, given, startServer, signal, application, onEvent = () => {} } = options;
  const kind = findServiceKind(planned.type);
  const directory = join(directories.services, name);
  await mkdir(directory, { recursive: true, mode: 0o700 });
  const onServer = (event: ServerEvent) => onEvent(describeServer(name, planned.type, event));
  const found = findAddress(name, planned, kind, given);
  const place = {
    ...{ name, application, directory, data: directories.data, env, signal, startServer, onServer },
    ...{ variable: found?.variable, isOpenToAll: planned.password === "none" },
    ...(planned.quotaBytes !== undefined && { quotaBytes: planned.quotaBytes }),
    mayMakeDatabases: options.mayMakeDatabases ?? false,
  };
  const service = found ? await kind.connect(found.address, place) : await kind.open(place);
  try {
    await service.setUp();
    const values = Object.entries(
      nameValues(name, planned, { kind, values: service.values, texts: found?.texts }),
    );
    return {
      service,
      variables: Object.fromEntries(values.map(([variable, { value }]) => [variable, value])),
      secrets: values.filter(([, { isSecret }]) => isSecret).map(([variable]) => variable),
    };
  } catch (error) {
    await service.close();
    throw error;
  }
}

function describeServer(name: string, type: string, event: ServerEvent): EnvironmentEvent {
  if (event.kind === "started") return { kind: "service-ready", name, type };
  if (event.kind === "ended") return { ...event, kind: "service-ended", name, type };
  const { error } = event;
  const last = error instanceof AppError ? error.excerpt?.split("\n").at(-1) : undefined;
  const message = error instanceof Error ? error.message : String(error);
  return { kind: "given-up", part: name, message: last === undefined ? message : `${message}: ${last}` };
}
