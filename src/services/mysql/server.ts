import { chown, mkdir, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { HELD_DIRECTORY } from "../../system/guarded-process.ts";
import { GRACE_MS, SERVER_ENV } from "../own-server/server-process.ts";
import type { ServerRecipe } from "../own-server/server-recipe.ts";
import type { DatabaseAccount } from "../parse-database-url.ts";
import { findProgram } from "../programs.ts";
import type { ServicePlace } from "../service.ts";
import { missing } from "../service-errors.ts";
import { withClient } from "./client.ts";

const ADMINISTRATOR = "holdall";
/** It takes no path with a link in it, as HELD_DIRECTORY is: hier(7) has this one for what is mounted for a while. */
const MOUNTED = "/mnt";
/** The default is a file of 96 MiB for each server. */
const SMALL = "--innodb-log-file-size=16M";

/**
 * Started by root it becomes its own user, which could not go the path to its data: it sees them elsewhere. Where nothing
 * can be mounted, as in most containers, it stays root.
 * @throws AppError `service_missing`.
 */
export async function findMariadb(place: ServicePlace): Promise<ServerRecipe> {
  const find = async (program: string) => {
    const path = await findProgram(program, place.env);
    const address = "mysql://user:password@localhost/database";
    if (path === undefined) throw missing(place, "MariaDB", { program, deb: "mariadb-server", address });
    return path;
  };
  const [server, install] = [await find("mariadbd"), await find("mariadb-install-db")];
  const isRoot = process.getuid?.() === 0;
  const isSeenElsewhere = isRoot && (await canMount(place));
  const held = isSeenElsewhere ? MOUNTED : HELD_DIRECTORY;
  const common = [
    // A directory of its own: a server that starts removes what looks like temporary tables, those of others in /tmp too.
    ...["--no-defaults", `--datadir=${held}/data`, `--tmpdir=${held}/tmp`, SMALL],
    ...(isRoot && !isSeenElsewhere ? ["--user=root"] : []),
  ];
  return {
    ...{ type: "mysql", user: isSeenElsewhere ? "mysql" : undefined },
    heldAt: isSeenElsewhere ? MOUNTED : undefined,
    async initialise(home, secret, run) {
      const { uid, gid } = await stat(home);
      const [file, temporary] = [join(home, "init.sql"), join(home, "tmp")];
      await writeFile(file, renderAccounts(secret), { flag: "wx", mode: 0o600 });
      await mkdir(temporary);
      for (const each of [file, temporary]) await chown(each, uid, gid);
      const accounts = ["--auth-root-authentication-method=normal", "--skip-test-db", "--skip-name-resolve"];
      await run([install, ...common, ...accounts]);
    },
    argv: (port) => [
      ...[server, ...common, `--socket=${held}/socket`, `--pid-file=${held}/pid`],
      ...["--bind-address=127.0.0.1", `--port=${port}`, "--skip-name-resolve"],
      // Before it listens, so there is no moment without passwords.
      `--init-file=${held}/init.sql`,
      ...["--character-set-server=utf8mb4", "--collation-server=utf8mb4_unicode_ci"],
    ],
    connect: (port, secret) => withClient(administrator(port, secret), async () => {}),
  };
}

/** Not in a container without that right, nor on a system without such a directory. */
async function canMount({ directory, startServer }: ServicePlace): Promise<boolean> {
  const tried = await startServer({
    ...{ argv: ["true"], cwd: "/", env: SERVER_ENV, graceMs: GRACE_MS },
    ...{ held: directory, heldAt: MOUNTED },
  });
  return (await tried.ended).status === 0;
}

/** One statement in each line, as an init file wants it. The password is hexadecimal. */
function renderAccounts(secret: string): string {
  const account = `'${ADMINISTRATOR}'@'127.0.0.1'`;
  const statements = [
    "DELETE FROM mysql.global_priv WHERE User IN ('', 'root')",
    "FLUSH PRIVILEGES",
    `CREATE OR REPLACE USER ${account} IDENTIFIED BY '${secret}'`,
    `GRANT ALL PRIVILEGES ON *.* TO ${account} WITH GRANT OPTION`,
  ];
  return statements.map((statement) => `${statement};\n`).join("");
}

/** Parameters of its addresses: it is on this machine, and has no certificate. */
export const OWN = { "ssl-mode": "DISABLED" };

export function administrator(port: number, secret: string): DatabaseAccount {
  const account = { host: "127.0.0.1", port, user: ADMINISTRATOR, password: secret };
  return { ...account, database: "", parameters: OWN };
}
