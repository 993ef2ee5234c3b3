import assert from "node:assert/strict";
import { AppError } from "../errors/app-error.ts";
import type { MakePlace, Subject, Suite } from "./service-conformance.ts";

const FIRST = {
  name: "sql/1.sql",
  text: "-- tables\nBEGIN;\nCREATE TABLE fruit (name varchar(20) PRIMARY KEY);\nINSERT INTO fruit VALUES ('apple; or so');\nCOMMIT;\n",
};

/** What every kind of database shows of SQL files; part of the suite that all services pass. */
export async function testSqlFiles(subject: Subject, suite: Suite, makeShared: MakePlace): Promise<void> {
  await testOrder(subject, suite, makeShared);
  await testFailures(subject, suite, makeShared);
}

async function testOrder({ kind }: Subject, suite: Suite, makeShared: MakePlace): Promise<void> {
  await suite("SQL files run once each, in order, also when two sessions want to", async (t) => {
    const service = await kind.open(await makeShared(t));
    await service.setUp();
    const { sql } = service;
    assert.ok(sql !== undefined);
    assert.deepEqual(await sql.listDone(), []);
    const both = await Promise.all([sql.runFile(FIRST), sql.runFile(FIRST)]);
    assert.deepEqual(both.toSorted(), ["done", "ran"]);
    const second = { name: "sql/2.sql", text: "INSERT INTO fruit VALUES ('pear')" };
    assert.equal(await sql.runFile(second), "ran");
    assert.equal(await sql.runFile(FIRST), "done");
    assert.deepEqual(await sql.listDone(), ["sql/1.sql", "sql/2.sql"]);
    await assert.rejects(sql.runFile({ ...second, text: `${second.text};` }), (error) => {
      assert.ok(error instanceof AppError);
      assert.equal(error.code, "sql_changed");
      assert.match(
        error.message,
        /^cannot run sql\/2\.sql in database: it has run at \S+Z, with another text$/,
      );
      return true;
    });
    await service.close();
  });
}

async function testFailures(
  { kind, notSql = [] }: Subject,
  suite: Suite,
  makeShared: MakePlace,
): Promise<void> {
  await suite("a failing file is told by its line, and nothing of it stays where the database can undo it", async (t) => {
    const service = await kind.open(await makeShared(t));
    await service.setUp();
    const { sql } = service;
    assert.ok(sql !== undefined);
    await sql.runFile(FIRST);
    const inserts = "INSERT INTO fruit VALUES ('pear');\n\nINSERT INTO fruit\n VALUES ('apple; or so');";
    const syntax = "INSERT INTO fruit VALUES ('fig');\nSELECT 1,\n  FROM FROM fruit;";
    for (const [text, line] of [
      [inserts, 3],
      [syntax, 2],
      ["INSERT INTO fruit VALUES ('kiwi');\nROLLBACK;", 2],
      [
        "INSERT INTO fruit VALUES ('lime'); COMMIT /* of nothing */;\n-- 🍋\nINSERT INTO fruit VALUES ('apple; or so')",
        3,
      ],
      ["INSERT INTO fruit VALUES ('plum');\nROLLBACK /* all */ WORK;", 2],
    ] as const) {
      await assert.rejects(sql.runFile({ name: "sql/bad.sql", text }), (error) => {
        assert.ok(error instanceof AppError, String(error));
        assert.equal(error.code, "sql_failed");
        assert.equal(error.details["statementLine"], line);
        return true;
      });
    }
    for (const [statement, reason] of notSql) {
      const text = `INSERT INTO fruit VALUES ('melon');\n${statement}\n`;
      await assert.rejects(sql.runFile({ name: "sql/bad.sql", text }), (error) => {
        assert.ok(error instanceof AppError);
        assert.ok(
          error.message.startsWith(`cannot run sql/bad.sql in database: line 2: ${reason}`),
          error.message,
        );
        return true;
      });
    }
    assert.deepEqual(await sql.listDone(), ["sql/1.sql"]);
    const proof = "INSERT INTO fruit VALUES ('pear'), ('fig'), ('kiwi'), ('lime'), ('plum'), ('melon')"; // a key that stayed would be there twice
    assert.equal(await sql.runFile({ name: "sql/bad.sql", text: proof }), "ran");
    await service.close();
  });
}
