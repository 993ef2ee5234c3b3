import { join } from "node:path";
import type { Plan, UrlCommand } from "../../artifact/plan.ts";
import { AppError } from "../../errors/app-error.ts";
import { USUAL_GRACE_MS } from "../../system/guarded-process.ts";
import { findFreePort } from "../../system/port-owner.ts";
import { DEFAULT_ADDRESS } from "../addresses.ts";
import { workingDirectoryOf } from "../directories/directories.ts";
import type { OnEnvironmentEvent } from "../events.ts";
import { loadObject } from "../objects/load-object.ts";
import { ProcessLog } from "../processes/process-log.ts";
import { startInstance } from "../processes/start-instance.ts";
import { addressUrl, waitForListener } from "../processes/wait-for-listener.ts";
import { resolveArgv } from "../resolve-argv.ts";
import { KEEP_BYTES, keepTail } from "./run-collected.ts";
import type { CommandOptions, CommandPlace, CommandResult } from "./run-command.ts";

/** From the start of a `web` process until it listens. */
const START_MS = 60_000;

type Fetch = (path: string, init: RequestInit) => Promise<Response>;

/** Asks the application itself: its object where it has one, else its `web` process, which is started for that. */
export async function runUrl(
  environment: CommandPlace,
  name: string,
  { path }: UrlCommand,
  { signal, onEvent = () => {}, keepBytes = KEEP_BYTES }: CommandOptions,
): Promise<CommandResult> {
  const object = findServed(environment.runnable.plan);
  const ask = (fetch: Fetch) => askFor(path, fetch, { signal, keepBytes });
  if (object === undefined) return withWeb(environment, name, { signal, onEvent }, ask);
  const loaded = await loadObject(environment, object, { onEvent, signal });
  try {
    return await ask((target, init) => loaded.fetch(target, init));
  } finally {
    await loaded.close();
  }
}

/** `app` is the application's own. */
function findServed({ objects }: Plan): string | undefined {
  const served = Object.keys(objects).filter((name) => objects[name]?.interface !== "python");
  return served.find((name) => name === "app") ?? served[0];
}

async function askFor(
  path: string,
  fetch: Fetch,
  { signal, keepBytes }: { readonly signal: AbortSignal | undefined; readonly keepBytes: number },
): Promise<CommandResult> {
  const response = await fetch(path, { redirect: "manual", ...(signal && { signal }) });
  const stdout = response.body === null ? "" : await keepTail(response.body, keepBytes);
  const isDone = response.status < 400;
  const said = `${path}: ${[response.status, response.statusText].join(" ").trimEnd()}\n`;
  return { status: isDone ? 0 : 1, signal: undefined, stdout, stderr: isDone ? "" : said };
}

async function withWeb(
  environment: CommandPlace,
  name: string,
  { signal, onEvent }: { readonly signal: AbortSignal | undefined; readonly onEvent: OnEnvironmentEvent },
  ask: (fetch: Fetch) => Promise<CommandResult>,
): Promise<CommandResult> {
  const { runnable, directories } = environment;
  const web = Object.hasOwn(runnable.plan.processes, "web") ? runnable.plan.processes["web"] : undefined;
  if (web === undefined) throw nothingAnswers(name);
  const { host } = environment.addresses["web"] ?? DEFAULT_ADDRESS;
  const address = { host, port: await findFreePort(host) };
  const log = new ProcessLog(join(directories.logs, `${name}.log`));
  const guard = {
    python: join(runnable.prefix, "bin/python"),
    argv: resolveArgv(web.argv, runnable, address),
    cwd: workingDirectoryOf(directories, runnable),
    env: environment.variablesOf({ kind: "process", name: "web", instance: 1 }, address),
    graceMs: USUAL_GRACE_MS,
    ...(web.overlap === "never" && { lock: join(directories.run, "web.lock") }),
  };
  const instance = await startInstance(guard, { part: "web", log, onEvent });
  try {
    const ended = new AbortController();
    void instance.finished.then(() => ended.abort());
    const waiting = [ended.signal, AbortSignal.timeout(START_MS), ...(signal ? [signal] : [])];
    const isOpen = await waitForListener(address, AbortSignal.any(waiting));
    signal?.throwIfAborted();
    if (!isOpen) throw webFailed(name, log);
    return await ask((path, init) => fetch(new URL(path, addressUrl(address)), init));
  } finally {
    await instance.started.stop();
    await instance.finished;
    await log.close();
  }
}

function nothingAnswers(name: string): AppError {
  return new AppError({
    code: "object_not_found",
    message: `cannot run ${name}: the application has neither an object nor a process web that answers requests`,
    hint: "Declare the object (`app: module:name`), or a process named web.",
    details: { command: name },
  });
}

function webFailed(name: string, log: ProcessLog): AppError {
  return new AppError({
    code: "process_failed",
    message: `cannot run ${name}: the process web, which would answer it, does not start to listen`,
    hint: `All that it wrote is in ${log.path}.`,
    excerpt: log.last.map(({ line }) => line).join("\n") || undefined,
    details: { command: name, log: log.path },
  });
}
