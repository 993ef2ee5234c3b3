import assert from "node:assert/strict";
import { test } from "node:test";
import type { Dialect } from "./read-tokens.ts";
import { splitStatements } from "./split-statements.ts";

const CASES: readonly (readonly [
  what: string,
  dialect: Dialect,
  statements: readonly string[],
  text: string,
])[] = [
  ["nothing", "sqlite", [], " -- only a comment; really\n /* and; another */ ;; "],
  ["strings", "postgres", ["1 SELECT 'a;''b;'", "2 SELECT 2"], "SELECT 'a;''b;';\nSELECT 2"],
  ["names", "sqlite", ['1 SELECT ";", [;], `;`', "1 SELECT 2"], 'SELECT ";", [;], `;`; SELECT 2;'],
  [
    "comments inside",
    "postgres",
    ["1 SELECT -- ;\n 1 /* ; */", "2 SELECT 2"],
    "SELECT -- ;\n 1 /* ; */; SELECT 2;",
  ],
  ["nested comments", "postgres", ["1 SELECT 1"], "/* /* ; */ ; */ SELECT 1;"],
  ["comments that do not nest", "sqlite", ["1 SELECT 1"], "/* /* ; */ SELECT 1;"],
  ["a backslash is a character", "postgres", ["1 SELECT '\\'", "1 SELECT 2"], "SELECT '\\'; SELECT 2;"],
  ["unless E says so", "postgres", ["1 SELECT E'\\';'", "1 SELECT 2"], "SELECT E'\\';'; SELECT 2;"],
  ["or MySQL", "mysql", ["1 SELECT '\\';\\\\'", "1 SELECT 2"], "SELECT '\\';\\\\'; SELECT 2;"],
  ["dollars", "postgres", ["1 DO $$ BEGIN; $a$ $$", "1 SELECT 2"], "DO $$ BEGIN; $a$ $$; SELECT 2"],
  ["dollars with a tag", "postgres", ["1 SELECT $a$ ; $$ ; $a$"], "SELECT $a$ ; $$ ; $a$;"],
  ["a dollar in a name", "postgres", ["1 SELECT a$b", "1 SELECT c$b"], "SELECT a$b; SELECT c$b;"],
  ["parameters of MySQL's", "mysql", ["1 SELECT $$", "1 SELECT $$"], "SELECT $$; SELECT $$;"],
  [
    "a rule",
    "postgres",
    ["1 CREATE RULE r AS ON INSERT TO t DO (SELECT 1; SELECT 2)"],
    "CREATE RULE r AS ON INSERT TO t DO (SELECT 1; SELECT 2);",
  ],
  [
    "a function of the standard",
    "postgres",
    ["1 CREATE FUNCTION f() RETURNS int BEGIN ATOMIC SELECT CASE WHEN 1=1 THEN 1 END; END", "1 SELECT 2"],
    "CREATE FUNCTION f() RETURNS int BEGIN ATOMIC SELECT CASE WHEN 1=1 THEN 1 END; END; SELECT 2;",
  ],
  [
    "a trigger",
    "sqlite",
    [
      "2 CREATE TRIGGER t AFTER INSERT ON a BEGIN\n UPDATE b SET c = CASE WHEN 1 THEN 2 END; DELETE FROM d; END",
      "5 SELECT 2",
    ],
    "\nCREATE TRIGGER t AFTER INSERT ON a BEGIN\n UPDATE b SET c = CASE WHEN 1 THEN 2 END; DELETE FROM d; END\n;\nSELECT 2;",
  ],
  ["begin is no block", "sqlite", ["1 BEGIN", "1 SELECT 1", "1 END"], "BEGIN; SELECT 1; END;"],
  [
    "delimiters",
    "mysql",
    ["2 CREATE PROCEDURE p() BEGIN SELECT 1; SELECT 2; END", "4 SELECT 3"],
    "DELIMITER //\nCREATE PROCEDURE p() BEGIN SELECT 1; SELECT 2; END//\ndelimiter ;\nSELECT 3; # ;\n-- ;\n",
  ],
  ["minus minus", "mysql", ["1 SELECT 1--1", "1 SELECT 2"], "SELECT 1--1; SELECT 2"],
  [
    "comments that are run",
    "mysql",
    ["1 /*!40101 SET NAMES utf8 */"],
    "/*!40101 SET NAMES utf8 */; /* no */;",
  ],
  [
    "what pg_dump writes for psql",
    "postgres",
    ["2 SELECT 1"],
    "\\restrict aB1\nSELECT 1;\n\\unrestrict aB1\n",
  ],
  [
    "line ends of DOS",
    "mysql",
    ["2 SELECT 1", "4 SELECT 2"],
    "DELIMITER //\r\nSELECT 1//\r\nDELIMITER ;\r\nSELECT 2;\r\n",
  ],
  ["what is not closed", "postgres", ["1 SELECT 1", "2 SELECT 'a; "], "SELECT 1;\nSELECT 'a; "],
];

for (const [what, dialect, expected, text] of CASES) {
  test(`statements of ${dialect}: ${what}`, () => {
    const found = splitStatements(text, dialect).map((each) => `${each.line} ${each.text}`);
    assert.deepEqual(
      found,
      expected.map((each) => each.trimEnd()),
    );
  });
}

test("a long string needs no stack, many statements no square", () => {
  const text = `INSERT INTO t VALUES ('${"a''\\".repeat(100_000)}');`.repeat(2);
  assert.equal(splitStatements(text, "postgres").length, 2);
  assert.equal(splitStatements("SELECT 1;\n".repeat(100_000), "postgres").at(-1)?.line, 100_000);
});
