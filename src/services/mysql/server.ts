import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { HELD_DIRECTORY } from "../../system/guarded-process.ts";
import type { ServerRecipe } from "../own-server/server-recipe.ts";
import type { DatabaseAccount } from "../parse-database-url.ts";
import { findProgram } from "../programs.ts";
import type { ServicePlace } from "../service.ts";
import { missing } from "../service-errors.ts";
import { withClient } from "./client.ts";

const ADMINISTRATOR = "holdall";
const DATA = `--datadir=${HELD_DIRECTORY}/data`;
/** One of its own: a server that starts removes what looks like temporary tables, those of others in /tmp too. */
const TEMPORARY = `--tmpdir=${HELD_DIRECTORY}/tmp`;
/** The default is a file of 96 MiB for each server. */
const SMALL = "--innodb-log-file-size=16M";

/**
 * It resolves its directory to a path, which its own user could not go: started by root it stays root.
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
  const asRoot = process.getuid?.() === 0 ? ["--user=root"] : [];
  return {
    ...{ type: "mysql", user: undefined },
    async initialise(home, secret, run) {
      const file = join(home, "init.sql");
      await writeFile(file, renderAccounts(secret), { flag: "wx", mode: 0o600 });
      await mkdir(join(home, "tmp"));
      const accounts = ["--auth-root-authentication-method=normal", "--skip-test-db", "--skip-name-resolve"];
      await run([install, "--no-defaults", DATA, TEMPORARY, ...accounts, SMALL, ...asRoot]);
    },
    argv: (port) => [
      ...[server, "--no-defaults", DATA, TEMPORARY, SMALL, ...asRoot],
      ...[`--socket=${HELD_DIRECTORY}/socket`, `--pid-file=${HELD_DIRECTORY}/pid`],
      ...["--bind-address=127.0.0.1", `--port=${port}`, "--skip-name-resolve"],
      // Before it listens, so there is no moment without passwords.
      `--init-file=${HELD_DIRECTORY}/init.sql`,
      ...["--character-set-server=utf8mb4", "--collation-server=utf8mb4_unicode_ci"],
    ],
    connect: (port, secret) => withClient(administrator(port, secret), async () => {}),
  };
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

export function administrator(port: number, secret: string): DatabaseAccount {
  const account = { host: "127.0.0.1", port, user: ADMINISTRATOR, password: secret };
  return { ...account, database: "", parameters: {} };
}
