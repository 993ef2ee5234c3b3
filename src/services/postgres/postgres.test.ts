import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { test } from "node:test";
import { needRoot, needServer } from "../../testing/needs.ts";
import { makePlace, valuesOf } from "../../testing/service-conformance.ts";
import { parseDatabaseUrl } from "../parse-database-url.ts";
import { findProgram } from "../programs.ts";
import { withClient } from "./client.ts";
import { administrator, findPostgres } from "./server.ts";
import { postgresService } from "./service.ts";

const OBJECTS = `
CREATE EXTENSION pgcrypto; -- a trusted one, of a package that comes with the server
CREATE SCHEMA stock;
CREATE TYPE stock.colour AS ENUM ('red', 'green');
CREATE TABLE stock.fruit (id serial PRIMARY KEY, colour stock.colour, of_id int REFERENCES stock.fruit);
INSERT INTO stock.fruit (colour) VALUES ('red'), ('green');
CREATE VIEW reds AS SELECT * FROM stock.fruit WHERE colour = 'red';
CREATE FUNCTION twice(n int) RETURNS int LANGUAGE plpgsql AS $$ BEGIN RETURN n * 2; END $$;
CREATE TABLE pages (body oid);
INSERT INTO pages VALUES (lo_from_bytea(0, '\\x00ff'));`;

test("an account may make databases where that is said, and nowhere else", async (t) => {
  if (!(await needServer(t, "postgres"))) return;
  const place = await makePlace(t);
  const make = async (mayMakeDatabases: boolean) => {
    const service = await postgresService.open({ ...place, mayMakeDatabases });
    await service.setUp();
    const form = {
      schemes: ["postgresql"],
      defaultPort: 5432,
      hostParameters: [],
      defaultSocket: "",
      example: "",
    };
    const account = parseDatabaseUrl(valuesOf(service)["_URL"] ?? "", form, place);
    await withClient({ ...account, database: mayMakeDatabases ? "postgres" : account.database }, (client) =>
      client.query("CREATE DATABASE other"),
    ).finally(async () => {
      if (mayMakeDatabases)
        await withClient(account, (client) => client.query("DROP DATABASE IF EXISTS other"));
      await service.remove();
      await service.close();
    });
  };
  await make(true);
  await assert.rejects(make(false), { code: "42501" }); // insufficient_privilege
});

test("what a database has besides tables comes back, and what came later goes", async (t) => {
  if (!(await needServer(t, "postgres"))) return;
  const place = await makePlace(t);
  const service = await postgresService.open(place);
  await service.setUp();
  const form = {
    schemes: ["postgresql"],
    defaultPort: 5432,
    hostParameters: [],
    defaultSocket: "",
    example: "",
  };
  const account = parseDatabaseUrl(valuesOf(service)["_URL"] ?? "", form, place);
  assert.equal(await service.sql?.runFile({ name: "objects.sql", text: OBJECTS }), "ran");
  const backup = join(place.data, "backup");
  await service.backup(backup);
  for (const change of [
    () => service.clear(),
    () =>
      service.sql?.runFile({
        name: "later.sql",
        text: "CREATE SCHEMA later; CREATE TABLE later.a (b int REFERENCES stock.fruit)",
      }),
  ]) {
    await change();
    await service.restore(backup);
    const [row] = await withClient(account, async (client) => {
      const { rows } =
        await client.query(`SELECT twice(21), count(*)::int AS reds, to_regnamespace('later') AS later,
        (SELECT lo_get(body) FROM pages) AS body, length(gen_random_bytes(3)) AS random FROM reds`);
      return rows;
    });
    assert.deepEqual(row, { twice: 42, reds: 1, later: null, body: Buffer.from([0, 255]), random: 3 });
    assert.deepEqual(await service.sql?.listDone(), ["objects.sql"]);
  }
  await service.close();
});

test("a given database comes back whose extensions and rights are the administrator's", async (t) => {
  if (!(await needServer(t, "postgres"))) return;
  const place = await makePlace(t);
  const own = await postgresService.open(place);
  const port = Number(valuesOf(own)["_PORT"]);
  const secret = readFileSync(join(place.directory, "postgres/secret"), "utf8");
  await withClient(administrator(port, secret), async (client) => {
    await client.query("CREATE ROLE guest LOGIN PASSWORD 'p w'");
    await client.query("CREATE DATABASE given");
  });
  await withClient({ ...administrator(port, secret), database: "given" }, (client) =>
    client.query("CREATE EXTENSION hstore; GRANT CREATE ON SCHEMA public TO guest"),
  );
  const given = await postgresService.connect(`postgres://guest:p%20w@127.0.0.1:${port}/given`, place);
  await given.setUp();
  const tables = `CREATE TABLE notes (id serial PRIMARY KEY, more hstore);
COMMENT ON TABLE notes IS 'kept';
INSERT INTO notes (more) VALUES ('a=>1');`;
  await given.sql?.runFile({ name: "tables.sql", text: tables });
  await given.backup(join(place.data, "backup"));
  await given.clear();
  await given.restore(join(place.data, "backup"));
  const account = { ...administrator(port, "p w"), user: "guest", database: "given" };
  const insert = `INSERT INTO notes (more) VALUES ('b=>2')
    RETURNING id, more -> 'b' AS more, obj_description('notes'::regclass) AS comment`;
  const { rows } = await withClient(account, (client) => client.query(insert));
  assert.deepEqual(rows, [{ id: 2, more: "2", comment: "kept" }]);

  await withClient(administrator(port, secret), (client) =>
    client.query("ALTER ROLE guest CONNECTION LIMIT 0"),
  );
  await assert.rejects(given.check(), {
    message: `cannot reach database at 127.0.0.1:${port}: too many connections for role "guest"`,
    hint: "Close connections of other programs, or raise the limit of the server.",
  });
  await own.close();

  // As after an upgrade of the machine.
  const version = join(place.directory, "postgres/home/data/PG_VERSION");
  const now = readFileSync(version, "utf8").trim();
  writeFileSync(version, "9\n");
  await assert.rejects(postgresService.open(place), {
    code: "service_failed",
    message: `cannot start PostgreSQL for database: its data are of version 9, and this machine has ${now}`,
  });
});

test("a user without a name is told what PostgreSQL wants", async (t) => {
  if (!(await needServer(t, "postgres")) || !needRoot(t)) return;
  const place = await makePlace(t);
  const { explain } = await findPostgres(place);
  const initdb = (await findProgram("initdb", place.env)) ?? "";
  const user = { uid: 43_210, gid: 43_210 };
  const argv = [initdb, "-D", "/nowhere"];
  const started = await place.startServer({ argv, cwd: "/", env: place.env, graceMs: 1000, user });
  assert.equal(
    explain?.(await text(started.stderr))?.message,
    "cannot start PostgreSQL for database: it wants its user to have a name, and 43210 is not in /etc/passwd",
  );
});
