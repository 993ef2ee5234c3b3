import { createHmac, randomBytes } from "node:crypto";
import { existsSync } from "node:fs";
import { chown, mkdir, readdir, readFile, rename, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { errnoOf, undefinedIfMissing } from "../system/file-errors.ts";
import { type GuardedProcess, LOCK_HELD, type SystemUser } from "../system/guarded-process.ts";
import { findFreePort } from "../system/port-owner.ts";
import { writeFileAtomic } from "../system/write-file.ts";
import { findSystemUser } from "./programs.ts";
import type { ServicePlace } from "./service.ts";
import { failed } from "./service-errors.ts";

/** How a server of the environment's own is made and started; everything else is the same for all. */
export interface ServerRecipe {
  /** `postgres`. */
  readonly type: string;
  /** What it becomes when root starts it; undefined: it stays who started it. */
  readonly user: string | undefined;
  /** Fills `home`, which is empty. Programs run as the server's user and have `home` as HELD_DIRECTORY. */
  initialise(home: string, secret: string, run: (argv: readonly string[]) => Promise<void>): Promise<void>;
  argv(port: number): readonly string[];
  /** Rejects until the server answers to the administrator's password. */
  connect(port: number, secret: string): Promise<void>;
}

export interface OwnServer {
  readonly port: number;
  /** Of the administrator. */
  readonly secret: string;
  /** Ends it, when it was started here. */
  close(): Promise<void>;
}

/** From SIGTERM until SIGKILL. */
const GRACE_MS = 20_000;
/** The former server may need its whole grace to end, and a crashed one some time to recover. */
const WITHIN_MS = 90_000;
const BETWEEN_MS = 40;
const MAX_OUTPUT = 16_384;
const ENV = { PATH: "/usr/sbin:/usr/bin:/sbin:/bin", LC_ALL: "C.UTF-8" };

/**
 * Starts the server of a place, or uses the one that another program has started in the same environment.
 * @throws AppError `service_failed` with the end of its output.
 */
export async function openServer(recipe: ServerRecipe, place: ServicePlace): Promise<OwnServer> {
  await ensureInitialised(recipe, place);
  const secret = await readFile(join(place.directory, "server/secret"), "utf8");
  const deadline = Date.now() + WITHIN_MS;
  for (;;) {
    place.signal?.throwIfAborted();
    const attempt = await startServer(recipe, place, secret);
    if (attempt.kind === "started") return { port: attempt.port, secret, close: attempt.close };
    const port = attempt.kind === "held" ? await findRunning(recipe, place, secret) : undefined;
    if (port !== undefined) return { port, secret, close: async () => {} };
    if (attempt.kind === "ended" && !/address already in use|could not bind/i.test(attempt.output))
      throw failed(place, `start ${recipe.type} for`, attempt.output);
    if (Date.now() > deadline) throw failed(place, `start ${recipe.type} for`, "another one does not end");
    await setTimeout(BETWEEN_MS);
  }
}

/** For an account of the application's: whoever knows it cannot tell the administrator's password, nor another's. */
export function derivePassword(secret: string, application: string): string {
  return createHmac("sha256", secret).update(application).digest("hex");
}

/** Name of an application's database and account: what every database takes without quotes. */
export function accountName(application: string): string {
  const name = application
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, "_")
    .replaceAll(/^_+|_+$/g, "");
  // Two long names, or two that differ in other characters only, are two accounts.
  const mark = createHmac("sha256", "account").update(application).digest("hex").slice(0, 6);
  return name === application && name.length <= 30 && /^[a-z]/.test(name)
    ? name
    : `app_${name.slice(0, 20)}_${mark}`;
}

async function ensureInitialised(recipe: ServerRecipe, place: ServicePlace): Promise<void> {
  const server = join(place.directory, "server");
  if (existsSync(server)) return;
  await removeHalves(place.directory);
  const staged = join(place.directory, `new-${process.pid}-${randomBytes(4).toString("hex")}`);
  const home = join(staged, "home");
  await mkdir(home, { recursive: true, mode: 0o700 });
  try {
    const user = await findUser(recipe, home);
    if (user !== undefined) await chown(home, user.uid, user.gid);
    const secret = randomBytes(32).toString("hex");
    await writeFileAtomic(join(staged, "secret"), secret, { mode: 0o600 });
    await recipe.initialise(home, secret, (argv) => runAs(recipe, place, { argv, home, user }));
    await rename(staged, server);
  } catch (error) {
    await rm(staged, { recursive: true, force: true });
    // Another program was faster; its server is as good.
    if (!["EEXIST", "ENOTEMPTY"].includes(errnoOf(error) ?? "")) throw error;
  }
}

/** What programs left that were killed meanwhile: the name has the process. */
async function removeHalves(directory: string): Promise<void> {
  for (const name of await readdir(directory)) {
    const [, pid] = /^new-(\d+)-/.exec(name) ?? [];
    if (pid !== undefined && !isAlive(Number(pid)))
      await rm(join(directory, name), { recursive: true, force: true });
  }
}

/** An ordinary user stays who it is; root becomes who owns the data already, or the server's own user. */
async function findUser({ user }: ServerRecipe, home: string): Promise<SystemUser | undefined> {
  if (process.getuid?.() !== 0 || user === undefined) return undefined;
  const { uid, gid } = await stat(home);
  return uid === 0 ? findSystemUser(user) : { uid, gid };
}

async function runAs(
  { type }: ServerRecipe,
  place: ServicePlace,
  { argv, home, user }: { argv: readonly string[]; home: string; user: SystemUser | undefined },
): Promise<void> {
  const started = await place.startServer({
    ...{ argv, cwd: "/", env: ENV, graceMs: GRACE_MS, held: home, user, signal: place.signal },
  });
  const output = keepOutput(started);
  const { status } = await started.ended;
  place.signal?.throwIfAborted();
  if (status !== 0) throw failed(place, `make a ${type} server for`, output());
}

type Attempt =
  | { readonly kind: "started"; readonly port: number; close(): Promise<void> }
  | { readonly kind: "held" }
  | { readonly kind: "ended"; readonly output: string };

async function startServer(recipe: ServerRecipe, place: ServicePlace, secret: string): Promise<Attempt> {
  const home = join(place.directory, "server/home");
  const running = join(place.directory, "running.json");
  const port = await findFreePort("127.0.0.1"); // where somebody is faster, another one is tried
  const deadline = Date.now() + WITHIN_MS;
  const started = await place.startServer({
    ...{ argv: recipe.argv(port), cwd: "/", env: ENV, graceMs: GRACE_MS, held: home },
    ...{ user: await findUser(recipe, home), lock: join(place.directory, "lock") },
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
    if (first === "ready") break;
    if (first !== undefined)
      return first.end.status === LOCK_HELD ? { kind: "held" } : { kind: "ended", output: output() };
    if (place.signal?.aborted || Date.now() > deadline) {
      await started.stop();
      place.signal?.throwIfAborted();
      return { kind: "ended", output: `${output()}\nno connection: ${reason}` };
    }
    await setTimeout(BETWEEN_MS);
  }
  await writeFileAtomic(running, JSON.stringify({ port, owner: process.pid }), { mode: 0o600 });
  return {
    ...{ kind: "started", port },
    async close() {
      await rm(running, { force: true });
      await started.stop();
    },
  };
}

/** Port of a server whose lock is held by a program that lives; one whose program has died is about to end. */
async function findRunning(
  { connect }: ServerRecipe,
  { directory }: ServicePlace,
  secret: string,
): Promise<number | undefined> {
  const text = await readFile(join(directory, "running.json"), "utf8").catch(undefinedIfMissing);
  if (text === undefined) return undefined;
  const { port, owner }: { port: number; owner: number } = JSON.parse(text); // our own file, written whole
  if (!isAlive(owner)) return undefined;
  return connect(port, secret).then(
    () => port,
    () => undefined, // it is being started or ended
  );
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return errnoOf(error) === "EPERM";
  }
}

/** The end of what it prints. A server whose output nobody reads would stop. */
function keepOutput({ stdout, stderr }: GuardedProcess): () => string {
  let kept = "";
  for (const stream of [stdout, stderr])
    stream.setEncoding("utf8").on("data", (text: string) => {
      kept = (kept + text).slice(-MAX_OUTPUT);
    });
  return () => kept;
}
