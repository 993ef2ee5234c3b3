import { chown, readFile, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { AppError } from "../../errors/app-error.ts";
import { HELD_DIRECTORY } from "../../system/guarded-process.ts";
import type { ServerRecipe } from "../own-server/server-recipe.ts";
import { findProgram } from "../programs.ts";
import type { ServicePlace } from "../service.ts";
import { missing } from "../service-errors.ts";
import { withClient } from "./client.ts";

const ADMINISTRATOR = "holdall";

const ADDRESS = "postgresql://user:password@localhost/database";

const DATA = `${HELD_DIRECTORY}/data`;

/** @throws AppError `service_missing`. */
export async function findPostgres(place: ServicePlace): Promise<ServerRecipe> {
  const version = await readVersion(place);
  const find = async (program: string) => {
    const path = await findProgram(program, place.env, version);
    if (path === undefined)
      throw missing(place, "PostgreSQL", { program, deb: "postgresql", address: ADDRESS });
    return path;
  };
  const [postgres, initdb] = [await find("postgres"), await find("initdb")];
  return {
    ...{ type: "postgres", user: "postgres" },
    async initialise(home, secret, run) {
      const file = join(home, "password");
      await writeFile(file, secret, { flag: "wx", mode: 0o600 });
      const { uid, gid } = await stat(home);
      await chown(file, uid, gid);
      const encoding = ["--encoding=UTF8", "--locale=C.UTF-8", "--auth=scram-sha-256", "--no-instructions"];
      const account = [`--username=${ADMINISTRATOR}`, `--pwfile=${HELD_DIRECTORY}/password`];
      await run([initdb, `--pgdata=${DATA}`, ...account, ...encoding]);
      await rm(file);
    },
    argv: (port) => [
      // With the lock, no server of these data is alive: what a killed one left could name any process by now.
      ...["sh", "-c", 'rm -f "$1/postmaster.pid" && shift && exec "$@"', "sh", DATA],
      ...[postgres, "-D", DATA, "-p", String(port), "-c", "listen_addresses=127.0.0.1"],
      // Statements may have secrets.
      ...["-c", "unix_socket_directories=", "-c", "log_min_error_statement=panic"],
    ],
    explain: (output) => explainVersion(output, place) ?? explainUser(output, place),
    connect: (port, secret) => withClient(administrator(port, secret), async () => {}),
  };
}

/** Of the data that are there: another one's programs do not take them. */
async function readVersion({ directory }: ServicePlace): Promise<string | undefined> {
  const file = join(directory, "postgres/home/data/PG_VERSION");
  const text = await readFile(file, "utf8").catch(() => ""); // none yet; of what cannot be read the server tells
  return /^\d+$/m.exec(text)?.[0];
}

function explainVersion(output: string, { name, directory }: ServicePlace): AppError | undefined {
  const pattern = /initialized by PostgreSQL version (\S+), which is not compatible with this version (\d+)/;
  const [, theirs, ours] = pattern.exec(output) ?? [];
  if (theirs === undefined || ours === undefined) return undefined;
  return new AppError({
    code: "service_failed",
    message: `cannot start PostgreSQL for ${name}: its data are of version ${theirs}, and this machine has ${ours}`,
    hint: `Install version ${theirs}, too (\`apt-get install postgresql-${theirs}\`); or remove ${join(directory, "postgres")}, and begin with an empty database.`,
    details: { service: name, version: theirs, found: ours },
  });
}

/** As in a container that was started with a number for a user. */
function explainUser(output: string, { name }: ServicePlace): AppError | undefined {
  const [, uid] = /could not look up effective user ID (\d+)/.exec(output) ?? [];
  if (uid === undefined) return undefined;
  return new AppError({
    code: "service_failed",
    message: `cannot start PostgreSQL for ${name}: it wants its user to have a name, and ${uid} is not in /etc/passwd`,
    hint: `Add it there, or set the address of a server, like ${ADDRESS}.`,
    details: { service: name, uid: Number(uid) },
  });
}

/** Parameters of its addresses: it is on this machine, and has no certificate. */
export const OWN = { sslmode: "disable" };

export function administrator(port: number, secret: string) {
  const account = { host: "127.0.0.1", port, user: ADMINISTRATOR, password: secret };
  return { ...account, database: "postgres", parameters: OWN };
}
