import { appendFileSync } from "node:fs";
import { join } from "node:path";
import pg from "pg";
import { testConformance, type Values } from "../../testing/service-conformance.ts";
import { postgresService } from "./service.ts";

async function use<Result>(values: Values, run: (client: pg.Client) => Promise<Result>): Promise<Result> {
  const client = new pg.Client({ connectionString: values["_URL"] });
  client.on("error", () => {});
  await client.connect();
  try {
    return await run(client);
  } finally {
    await client.end();
  }
}

function connectTo(values: Values, database: string): Values {
  return { ...values, _URL: (values["_URL"] ?? "").replace(/[^/]+$/, database) };
}

testConformance({
  kind: postgresService,
  server: "postgres",
  isShared: true,
  write: (values, name, text) =>
    use(values, async (client) => {
      await client.query("CREATE TABLE IF NOT EXISTS notes (name text PRIMARY KEY, note text)");
      await client.query("INSERT INTO notes VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET note = $2", [
        name,
        text,
      ]);
    }),
  read: (values, name) =>
    use(values, async (client) => {
      const { rows: tables } = await client.query("SELECT to_regclass('notes') AS notes");
      if (tables[0]?.notes === null) return undefined;
      const { rows } = await client.query("SELECT note FROM notes WHERE name = $1", [name]);
      return rows[0]?.note;
    }),
  wrongAddresses: [
    "",
    "mysql://ada:SECRET@localhost/db",
    "postgres://ada:SECRET@localhost",
    "postgres://:SECRET@localhost/db",
    "postgres://ada:SECRET@localhost:port/db",
    "postgres://ada:SECRET%@localhost/db",
    "postgres://ada@localhost/db?password=SECRET",
    "postgres://ada:SECRET@localhost/a/b",
  ],
  forbidden: [
    (own) => use(own, (client) => client.query("CREATE ROLE another")),
    (own) => use(own, (client) => client.query("CREATE DATABASE another")),
    (own) => use(own, (client) => client.query(`ALTER ROLE "${own["_USER"]}" SUPERUSER`)),
    (own) => use(own, (client) => client.query("SELECT rolpassword FROM pg_authid")),
    (own) => use(own, (client) => client.query("SELECT pg_read_file('/etc/hostname')")),
    (own) => use(own, (client) => client.query("COPY (SELECT 1) TO PROGRAM 'true'")),
    (own, { _NAME: name = "" }) => use(connectTo(own, name), (client) => client.query("SELECT 1")),
    (own) => use(connectTo(own, "postgres"), (client) => client.query("SELECT 1")),
  ],
  notSql: [
    ["\\i other.sql", "it is a command of psql, and no SQL"],
    [
      "COPY fruit (name) FROM stdin;\nplum\n\\.",
      "its data are in the file, where only psql finds them (pg_dump has --inserts)",
    ],
  ],
  nowhere: () => "postgres://ada:SECRET@127.0.0.1:1/db",
  spoil: (backup) => appendFileSync(join(backup, "database.sql"), "SELECT 1/0;\n"),
});
