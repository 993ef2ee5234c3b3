import { errnoOf } from "../../system/file-errors.ts";
import { accountName, derivePassword } from "../own-server/account.ts";
import { openServer } from "../own-server/own-server.ts";
import { type DatabaseAccount, parseDatabaseUrl, type UrlForm, whereOf } from "../parse-database-url.ts";
import type { OpenService, ServiceKind, ServicePlace } from "../service.ts";
import { checkSpace, full, unreachable } from "../service-errors.ts";
import { openSqlSession } from "../sql/run-sql-file.ts";
import { backupPostgres, DROP_ALL, restorePostgres } from "./backup.ts";
import { withClient } from "./client.ts";
import { administrator, findPostgres, OWN } from "./server.ts";
import { postgresDatabase } from "./sql.ts";

const FORM: UrlForm = {
  schemes: ["postgresql", "postgres", "postgis", "pgsql", "psql"],
  ...{ defaultPort: 5432, hostParameters: ["host"], defaultSocket: "/var/run/postgresql" },
  example: "postgresql://shop:password@db.example.org:5432/shop",
};

export const postgresService: ServiceKind = {
  name: "postgres",
  help: "A database of a PostgreSQL server.",
  mainVariable: "_URL",
  keeps: "postgres",
  scheme: "postgresql",
  async open(place) {
    const { port, secret, home, close } = await openServer(await findPostgres(place), place);
    const name = accountName(place.application);
    const password = derivePassword(secret, place.application);
    const account = { host: "127.0.0.1", port, user: name, password, database: name, parameters: OWN };
    const opened = openAccount(account, place);
    const check = async () => {
      await opened.check();
      await checkSpace(place, home);
    };
    return {
      ...opened,
      async setUp() {
        await ensureAccount(account, administrator(port, secret), place).catch((error: unknown) => {
          throw explain(error, whereOf(account), place);
        });
        await check();
      },
      check,
      remove: () => removeAccount(account, administrator(port, secret)),
      close,
    };
  },
  async connect(address, place) {
    const account = parseDatabaseUrl(address, FORM, place);
    const opened = openAccount(account, place);
    return { ...opened, values: { ...opened.values, _URL: { value: address, isSecret: true } } };
  },
};

/** What an account can do for itself: nothing here needs the administrator. */
function openAccount(account: DatabaseAccount, place: ServicePlace): OpenService {
  const { host, port, user, password, database } = account;
  const where = whereOf(account);
  const check = async () => {
    try {
      await withClient(account, (client) => client.query("SELECT 1"));
    } catch (error) {
      throw explain(error, where, place);
    }
  };
  const plain = (value: string) => ({ value, isSecret: false });
  return {
    values: {
      // Not postgres://, which SQLAlchemy refuses.
      _URL: { value: `postgresql://${user}:${password}@${where}/${database}`, isSecret: true },
      ...{ _HOST: plain(host), _PORT: plain(String(port)), _USER: plain(user) },
      ...{ _PASSWORD: { value: password, isSecret: true }, _NAME: plain(database) },
    },
    setUp: check,
    check,
    backup: (directory) => backupPostgres(directory, account, place),
    restore: (directory) => restorePostgres(directory, account, place),
    clear: () =>
      withClient(account, async (client) => void (await client.query(`BEGIN; ${DROP_ALL}; COMMIT`))),
    remove: async () => {},
    sql: openSqlSession(postgresDatabase(account), place),
    close: async () => {},
  };
}

/** Names are of letters, digits and `_`, passwords hexadecimal: accountName, derivePassword. */
async function ensureAccount(
  { user, password, database }: DatabaseAccount,
  admin: DatabaseAccount,
  { mayMakeDatabases }: ServicePlace,
) {
  await withClient(admin, async (client) => {
    await client.query("SELECT pg_advisory_lock(1)"); // until the connection ends
    const has = async (table: string, column: string, name: string) =>
      (await client.query(`SELECT 1 FROM ${table} WHERE ${column} = $1`, [name])).rows.length > 0;
    const verb = (await has("pg_roles", "rolname", user)) ? "ALTER" : "CREATE";
    const make = mayMakeDatabases ? "CREATEDB" : "NOCREATEDB";
    const rights = `LOGIN NOSUPERUSER ${make} NOCREATEROLE NOREPLICATION NOBYPASSRLS`;
    await client.query(`${verb} ROLE "${user}" ${rights} PASSWORD '${password}'`);
    if (!(await has("pg_database", "datname", database)))
      await client.query(`CREATE DATABASE "${database}" OWNER "${user}"`);
    // Everybody may connect to a new database, unless told otherwise.
    for (const each of [database, "postgres", "template1"])
      await client.query(`REVOKE ALL ON DATABASE "${each}" FROM PUBLIC`);
    // Whoever makes a database has to be connected to another one: usually to this.
    if (mayMakeDatabases) await client.query(`GRANT CONNECT ON DATABASE postgres TO "${user}"`);
  });
}

async function removeAccount({ user, database }: DatabaseAccount, admin: DatabaseAccount) {
  await withClient(admin, async (client) => {
    await client.query(`DROP DATABASE IF EXISTS "${database}" WITH (FORCE)`);
    await client.query(`REVOKE ALL ON DATABASE postgres FROM "${user}"`).catch(() => {}); // there may be no such role
    await client.query(`DROP ROLE IF EXISTS "${user}"`);
  });
}

/** Class 53 of its error codes is "Insufficient Resources". */
function explain(error: unknown, where: string, place: ServicePlace) {
  const code = errnoOf(error) ?? "";
  const message = (error instanceof Error && error.message) || code;
  if (/^53[0-2]/.test(code))
    return full(place, message, "Make room on the disk or in the memory of the server.");
  return unreachable(place, where, message, error);
}
