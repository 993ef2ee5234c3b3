import { accountName, derivePassword } from "../own-server/account.ts";
import { openServer } from "../own-server/own-server.ts";
import { type DatabaseAccount, parseDatabaseUrl, type UrlForm, whereOf } from "../parse-database-url.ts";
import type { OpenService, ServiceKind, ServicePlace } from "../service.ts";
import { checkSpace, full, unreachable } from "../service-errors.ts";
import { openSqlSession } from "../sql/run-sql-file.ts";
import { backupMysql, clearMysql, finishRestore, restoreMysql } from "./backup.ts";
import { withClient } from "./client.ts";
import { administrator, findMariadb, OWN } from "./server.ts";
import { mysqlDatabase } from "./sql.ts";

const FORM: UrlForm = {
  schemes: ["mysql", "mariadb", "mysql2", "mysqlgis"],
  ...{
    defaultPort: 3306,
    hostParameters: ["unix_socket", "socket"],
    defaultSocket: "/run/mysqld/mysqld.sock",
  },
  example: "mysql://shop:password@db.example.org:3306/shop",
};

export const mysqlService: ServiceKind = {
  name: "mysql",
  help: "A database of a MariaDB or MySQL server.",
  mainVariable: "_URL",
  keeps: "mysql",
  scheme: "mysql",
  async open(place) {
    const { port, secret, home, close } = await openServer(await findMariadb(place), place);
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
        await finishRestore(account, place);
        await check();
      },
      check,
      remove: () => removeAccount(account, administrator(port, secret)),
      close,
    };
  },
  async connect(address, place) {
    const opened = openAccount(parseDatabaseUrl(address, FORM, place), place);
    return { ...opened, values: { ...opened.values, _URL: { value: address, isSecret: true } } };
  },
};

/** What an account can do for itself: nothing here needs the administrator. */
function openAccount(account: DatabaseAccount, place: ServicePlace): OpenService {
  const { host, port, user, password, database } = account;
  const where = whereOf(account);
  const check = async () => {
    try {
      await withClient(account, (connection) => connection.query("SELECT 1"));
    } catch (error) {
      throw explain(error, where, place);
    }
  };
  const plain = (value: string) => ({ value, isSecret: false });
  return {
    values: {
      _URL: { value: `mysql://${user}:${password}@${where}/${database}`, isSecret: true },
      ...{ _HOST: plain(host), _PORT: plain(String(port)), _USER: plain(user) },
      ...{ _PASSWORD: { value: password, isSecret: true }, _NAME: plain(database) },
    },
    async setUp() {
      await check();
      await finishRestore(account, place);
    },
    check,
    backup: (directory) => backupMysql(directory, account, place),
    restore: (directory) => restoreMysql(directory, account, place),
    clear: () => clearMysql(account),
    remove: async () => {},
    sql: openSqlSession(mysqlDatabase(account), place),
    close: async () => {},
  };
}

/** Names are of letters, digits and `_`, passwords hexadecimal: accountName, derivePassword. */
async function ensureAccount(
  { user, password, database }: DatabaseAccount,
  admin: DatabaseAccount,
  { mayMakeDatabases }: ServicePlace,
) {
  await withClient(admin, async (connection) => {
    const account = `'${user}'@'127.0.0.1'`;
    await connection.query(`CREATE DATABASE IF NOT EXISTS \`${database}\``);
    await connection.query(`CREATE USER IF NOT EXISTS ${account}`);
    await connection.query(`ALTER USER ${account} IDENTIFIED BY '${password}'`);
    // In a grant, `_` stands for any character.
    const names = [database.replaceAll("_", "\\_"), ...(mayMakeDatabases ? ["test\\_%"] : [])];
    for (const name of names) await connection.query(`GRANT ALL PRIVILEGES ON \`${name}\`.* TO ${account}`);
  });
}

async function removeAccount({ user, database }: DatabaseAccount, admin: DatabaseAccount) {
  await withClient(admin, async (connection) => {
    await connection.query(`DROP DATABASE IF EXISTS \`${database}\``);
    await connection.query(`DROP USER IF EXISTS '${user}'@'127.0.0.1'`);
  });
}

/** Of MariaDB's error codes: EE_WRITE, ER_DISK_FULL, ER_RECORD_FILE_FULL. */
const FULL = [3, 1021, 1114];

function explain(error: unknown, where: string, place: ServicePlace) {
  if (error instanceof Error) Reflect.deleteProperty(error, "sql"); // a statement, which may have a password
  const number = error instanceof Error && "errno" in error ? Number(error.errno) : 0;
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  const message = (error instanceof Error && error.message) || code;
  if (FULL.includes(number)) return full(place, message, "Make room on the disk of the server.");
  return unreachable(place, where, message, error);
}
