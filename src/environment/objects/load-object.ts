import { existsSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import type { PlannedObject } from "../../artifact/plan.ts";
import { AppError } from "../../errors/app-error.ts";
import { findNearMiss } from "../../errors/near-miss.ts";
import { USUAL_GRACE_MS } from "../../system/guarded-process.ts";
import { PACKAGE_ROOT } from "../../system/package-root.ts";
import { workingDirectoryOf } from "../directories/directories.ts";
import type { OnEnvironmentEvent } from "../events.ts";
import type { Environment } from "../open-environment.ts";
import { ProcessLog } from "../processes/process-log.ts";
import { type Instance, startInstance } from "../processes/start-instance.ts";
import { connectObject, type ObjectWebSocket, type WebSocketOptions } from "./connect-object.ts";
import { fetchObject } from "./fetch-object.ts";
import { connectTo, FRAMES, packJson, parseFrame, readFrames, writeFrame } from "./frames.ts";

/** An object of an application, alive in a process of the application's own Python. */
export interface LoadedObject extends AsyncDisposable {
  readonly interface: PlannedObject["interface"];
  /**
   * As the `fetch` of the platform: a path counts from `http://localhost/`. Bodies stream both ways; an abort cancels the call.
   * An error in the object is a response with status 500, as from a server; the traceback is in its log and is told.
   */
  fetch(input: Request | URL | string, init?: RequestInit): Promise<Response>;
  /** Of ASGI objects. */
  connect(url: URL | string, options?: WebSocketOptions): Promise<ObjectWebSocket>;
  /** Of plain functions: arguments and result are JSON. @throws Error with the function's own message. */
  call(...values: readonly unknown[]): Promise<unknown>;
  close(): Promise<void>;
}

export interface LoadOptions {
  readonly onEvent?: OnEnvironmentEvent | undefined;
  readonly signal?: AbortSignal | undefined;
}

const HOST = join(PACKAGE_ROOT, "support/environment/object_host.py");
const BETWEEN_MS = 5;

/**
 * @param name - of an object of the plan, or `module:function` of anything that can be called.
 * @throws AppError `object_not_found` with the near miss, `object_failed` with the end of the traceback.
 */
export async function loadObject(
  environment: Pick<Environment, "runnable" | "directories" | "variablesOf">,
  name: string,
  { onEvent = () => {}, signal }: LoadOptions = {},
): Promise<LoadedObject> {
  const { runnable, directories } = environment;
  const planned = findObject(runnable.plan.objects, name);
  // Not below the base: the path of a socket has at most 107 bytes (unix(7)). Only its owner can enter a fresh directory.
  const place = await mkdtemp(join(tmpdir(), "holdall-object-"));
  const path = join(place, "socket");
  const log = new ProcessLog(join(directories.logs, `object-${name}.log`));
  const python = join(runnable.prefix, "bin/python");
  const { interface: kind, module, attribute, isFactory } = planned;
  const argv = [python, HOST, path, kind, module, attribute, isFactory ? "yes" : "no"];
  const env = environment.variablesOf({ kind: "object", name });
  const cwd = workingDirectoryOf(directories, runnable);
  const guard = { python, argv, cwd, env, graceMs: USUAL_GRACE_MS };
  const instance = await startInstance(guard, { part: name, log, onEvent });
  const close = async () => {
    await instance.started.stop();
    await instance.finished;
    await log.close();
    await rm(place, { recursive: true, force: true });
  };
  try {
    await waitUntilThere(path, { instance, signal });
  } catch (error) {
    await close();
    throw signal?.aborted ? error : objectFailed(name, planned, log);
  }
  return {
    interface: kind,
    close,
    [Symbol.asyncDispose]: close,
    fetch: (input, init) =>
      fetchObject(path, new Request(input instanceof Request ? input : toUrl(input), init)),
    connect: (url, options = {}) => connectObject(path, toUrl(url).href, options),
    call: (...values) => callObject(path, values),
  };
}

const LOCAL = "http://localhost/";

/** All of a path is the path, also of `//x/`, which would name a host. */
function toUrl(input: URL | string): URL {
  return new URL(typeof input === "string" && input.startsWith("/") ? LOCAL + input.slice(1) : input, LOCAL);
}

async function callObject(path: string, values: readonly unknown[]): Promise<unknown> {
  const socket = await connectTo(path);
  try {
    await writeFrame(socket, packJson(FRAMES.call, { kind: "call", arguments: values }));
    const { value: frame } = await readFrames(socket).next();
    if (frame === undefined) throw new Error("the process of the object has ended");
    if (frame.kind === FRAMES.value) return parseFrame<unknown>(frame);
    const { type, message } = parseFrame<{ readonly type: string; readonly message: string }>(frame);
    throw new Error(`${type}: ${message}`);
  } finally {
    socket.destroy();
  }
}

/** @throws when the process ends before. */
async function waitUntilThere(
  path: string,
  { instance, signal }: { readonly instance: Instance; readonly signal: AbortSignal | undefined },
): Promise<void> {
  let hasEnded = false;
  void instance.finished.then(() => {
    hasEnded = true;
  });
  while (!existsSync(path)) {
    if (hasEnded) throw new Error("the process of the object has ended");
    await setTimeout(BETWEEN_MS, undefined, signal && { signal });
  }
}

function findObject(objects: Readonly<Record<string, PlannedObject>>, name: string): PlannedObject {
  const found = Object.hasOwn(objects, name) ? objects[name] : undefined;
  if (found !== undefined) return found;
  const [, module, attribute] = /^([A-Za-z_]\w*(?:\.\w+)*):([A-Za-z_]\w*(?:\.\w+)*)$/.exec(name) ?? [];
  if (module !== undefined && attribute !== undefined)
    return { interface: "python", module, attribute, isFactory: false };
  const near = findNearMiss(name, Object.keys(objects));
  throw new AppError({
    code: "object_not_found",
    message: `cannot load ${name}: the application has no object of that name`,
    hint:
      near === undefined
        ? "`holdall plan` lists the objects that it has; any function can be named as `module:function`."
        : `Did you mean ${near}?`,
    details: { object: name, nearMiss: near },
  });
}

function objectFailed(name: string, { module, attribute }: PlannedObject, log: ProcessLog): AppError {
  const lines = log.last.map(({ line }) => line);
  return new AppError({
    code: "object_failed",
    message: `cannot load ${name}: importing ${module}:${attribute} fails${lines.length > 0 ? ` (${lines.at(-1)})` : ""}`,
    hint: `All that it wrote is in ${log.path}.`,
    excerpt: lines.join("\n") || undefined,
    details: { object: name, module, attribute },
  });
}
