import { randomBytes } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, readdir, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { errnoOf } from "../../system/file-errors.ts";
import type { SystemUser } from "../../system/guarded-process.ts";
import { writeFileAtomic } from "../../system/write-file.ts";
import type { ServicePlace } from "../service.ts";
import { failed } from "../service-errors.ts";
import { ensureOwner } from "./server-owner.ts";
import { GRACE_MS, isAlive, keepOutput, SERVER_ENV } from "./server-process.ts";
import type { ServerRecipe } from "./server-recipe.ts";

/** Makes `server` as a whole, the administrator's secret and `home` with the data, unless it is there. */
export async function ensureServer(recipe: ServerRecipe, place: ServicePlace, server: string): Promise<void> {
  if (existsSync(server)) return;
  await removeHalves(place.directory);
  const staged = join(place.directory, `new-${process.pid}-${randomBytes(4).toString("hex")}`);
  const home = join(staged, "home");
  await mkdir(home, { recursive: true, mode: 0o700 });
  try {
    const user = await ensureOwner(recipe, home);
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

async function runAs(
  { type, heldAt, explain }: ServerRecipe,
  place: ServicePlace,
  { argv, home, user }: { argv: readonly string[]; home: string; user: SystemUser | undefined },
): Promise<void> {
  const started = await place.startServer({
    ...{ argv, cwd: "/", env: SERVER_ENV, graceMs: GRACE_MS, held: home, heldAt, user, signal: place.signal },
  });
  const output = keepOutput(started);
  const { status } = await started.ended;
  place.signal?.throwIfAborted();
  if (status !== 0) throw explain?.(output()) ?? failed(place, `make a ${type} server for`, output());
}
