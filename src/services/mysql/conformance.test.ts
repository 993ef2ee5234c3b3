import { execFileSync } from "node:child_process";
import { appendFileSync } from "node:fs";
import { join } from "node:path";
import { testConformance, type Values } from "../../testing/service-conformance.ts";
import { mysqlService } from "./service.ts";

/** The client reads the password from its environment. @throws Error when the server refuses. */
function run(values: Values, sql: string): string {
  const { _HOST = "", _PORT = "", _USER = "", _PASSWORD, _NAME = "" } = values;
  const options = [
    "--no-defaults",
    "-h",
    _HOST,
    "-P",
    _PORT,
    "-u",
    _USER,
    "--default-character-set=utf8mb4",
    "-N",
  ];
  return execFileSync("mariadb", [...options, "-e", sql, _NAME], {
    env: { ...process.env, MYSQL_PWD: _PASSWORD },
    encoding: "utf8",
    stdio: "pipe",
  });
}

const TABLE = "CREATE TABLE IF NOT EXISTS notes (name varchar(99) PRIMARY KEY, note text)";

testConformance({
  kind: mysqlService,
  server: "mariadbd",
  isShared: true,
  write: async (values, name, text) =>
    void run(values, `${TABLE}; REPLACE INTO notes VALUES ('${name}', '${text}')`),
  async read(values, name) {
    if (run(values, "SHOW TABLES LIKE 'notes'") === "") return undefined;
    return run(values, `SELECT note FROM notes WHERE name = '${name}'`).trimEnd() || undefined;
  },
  wrongAddresses: [
    "",
    "postgres://ada:SECRET@localhost/db",
    "mysql://ada:SECRET@localhost",
    "mysql://:SECRET@localhost/db",
    "mysql://ada:SECRET@localhost:port/db",
    "mysql://ada:SECRET%@localhost/db",
    "mysql://ada@localhost/db?password=SECRET",
  ],
  forbidden: [
    async (own) => run(own, "CREATE USER another"),
    async (own) => run(own, "CREATE DATABASE another"),
    async (own) => run(own, "SELECT * FROM mysql.global_priv"),
    async (own) => run(own, "SELECT 1 INTO OUTFILE '/tmp/holdall-out'"),
    async (own) => run(own, "SET GLOBAL max_connections = 1"),
    async (own, { _NAME: name = "" }) => run({ ...own, _NAME: name }, "SELECT 1"),
    // A name that the other's would match if `_` stood for any character.
    async (own, { _NAME: name = "" }) => run(own, `CREATE DATABASE ${name.replaceAll("_", "x")}`),
  ],
  notSql: [["source other.sql", "it is a command of the client, and no SQL"]],
  nowhere: () => "mysql://ada:SECRET@127.0.0.1:1/db",
  spoil: (backup) => appendFileSync(join(backup, "database.sql"), "SELECT nothing FROM nowhere;\n"),
});
