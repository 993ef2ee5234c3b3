import { readFile } from "node:fs/promises";
import { setTimeout } from "node:timers/promises";
import { undefinedIfMissing } from "../../system/file-errors.ts";
import { type GuardedProcess, LOCK_HELD } from "../../system/guarded-process.ts";
import { findFreePort } from "../../system/port-owner.ts";
import type { ServicePlace } from "../service.ts";
import { failed } from "../service-errors.ts";
import { ensureOwner } from "./server-owner.ts";
import { GRACE_MS, isAlive, keepOutput, SERVER_ENV } from "./server-process.ts";
import type { ServerRecipe } from "./server-recipe.ts";

/** What is in the directory of a service with a server of type TYPE. */
export interface ServerFiles {
  /** `TYPE/home`: its data. */
  readonly home: string;
  /** `TYPE.lock`: who has it runs the server. */
  readonly lock: string;
  /** `TYPE.json`: where the server of the lock's owner listens. */
  readonly running: string;
}

export interface RunningServer {
  readonly port: number;
  /** Undefined: another program has started it. */
  readonly process: GuardedProcess | undefined;
  /** The end of what it has printed. */
  output(): string;
}

/** The former server may need its whole grace to end, and a crashed one some time to recover. */
const WITHIN_MS = 90_000;
const BETWEEN_MS = 40;
const HOST = "127.0.0.1";

interface StartOptions {
  readonly files: ServerFiles;
  readonly secret: string;
  /** Default: one that is free. */
  readonly port?: number;
}

/**
 * Starts a server and waits until it answers, or finds the one that another program has started with the same data.
 * @throws AppError `service_failed` with the end of its output.
 */
export async function startServer(
  recipe: ServerRecipe,
  place: ServicePlace,
  options: StartOptions,
): Promise<RunningServer> {
  const deadline = Date.now() + WITHIN_MS;
  for (;;) {
    place.signal?.throwIfAborted();
    const attempt = await tryServer(recipe, place, options);
    if (attempt.kind === "started") return attempt;
    const port = attempt.kind === "held" ? await findRunning(recipe, options) : undefined;
    if (port !== undefined) return { port, process: undefined, output: () => "" };
    // Somebody was faster than the server: another port is tried.
    if (attempt.kind === "ended" && !/address already in use|could not bind/i.test(attempt.output))
      throw recipe.explain?.(attempt.output) ?? failed(place, `start ${recipe.type} for`, attempt.output);
    if (Date.now() > deadline) throw failed(place, `start ${recipe.type} for`, "another one does not end");
    await setTimeout(BETWEEN_MS);
  }
}

type Attempt =
  | (RunningServer & { readonly kind: "started" })
  | { readonly kind: "held" }
  | { readonly kind: "ended"; readonly output: string };

async function tryServer(
  recipe: ServerRecipe,
  place: ServicePlace,
  { files: { home, lock }, secret, port: wanted }: StartOptions,
): Promise<Attempt> {
  const port = wanted ?? (await findFreePort(HOST));
  const deadline = Date.now() + WITHIN_MS;
  const started = await place.startServer({
    ...{ argv: recipe.argv(port), cwd: "/", env: SERVER_ENV, graceMs: GRACE_MS, lock },
    ...{ held: home, heldAt: recipe.heldAt, user: await ensureOwner(recipe, home) },
  });
  const output = keepOutput(started);
  const ended = started.ended.then((end) => ({ end }));
  for (;;) {
    let reason: unknown; // why not yet
    const answer = recipe.connect(port, secret).then(
      () => "ready" as const,
      (error: unknown) => {
        reason = error;
      },
    );
    const first = await Promise.race([answer, ended]);
    if (first === "ready") return { kind: "started", port, process: started, output };
    if (first !== undefined)
      return first.end.status === LOCK_HELD ? { kind: "held" } : { kind: "ended", output: output() };
    if (place.signal?.aborted || Date.now() > deadline) {
      await started.stop();
      place.signal?.throwIfAborted();
      return { kind: "ended", output: `${output()}\nno connection: ${reason}` };
    }
    await setTimeout(BETWEEN_MS);
  }
}

/** Port of a server whose lock is held by a program that lives; one whose program has died is about to end. */
async function findRunning(
  { connect }: ServerRecipe,
  { files: { running }, secret }: StartOptions,
): Promise<number | undefined> {
  const text = await readFile(running, "utf8").catch(undefinedIfMissing);
  if (text === undefined) return undefined;
  const { port, owner }: { port: number; owner: number } = JSON.parse(text); // our own file, written whole
  if (!isAlive(owner)) return undefined;
  return connect(port, secret).then(
    () => port,
    () => undefined, // it is being started or ended
  );
}
