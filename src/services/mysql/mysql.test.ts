import assert from "node:assert/strict";
import { join } from "node:path";
import { Readable } from "node:stream";
import { buffer } from "node:stream/consumers";
import { test } from "node:test";
import { needServer } from "../../testing/needs.ts";
import { makePlace, valuesOf } from "../../testing/service-conformance.ts";
import { type DatabaseAccount, parseDatabaseUrl } from "../parse-database-url.ts";
import { queryRows, withClient } from "./client.ts";
import { withoutDefiners } from "./drop-definers.ts";
import { mysqlService } from "./service.ts";

const OBJECTS = `
CREATE TABLE fruit (id int AUTO_INCREMENT PRIMARY KEY, name varchar(20), body blob, of_id int, FOREIGN KEY (of_id) REFERENCES fruit (id));
INSERT INTO fruit (name, body) VALUES ('apple', x'00ff'), ('pear', NULL);
CREATE VIEW apples AS SELECT * FROM fruit WHERE name = 'apple';
DELIMITER //
CREATE PROCEDURE twice(n int)
BEGIN
  /*
CREATE DEFINER=\`it\`@\`stays\` PROCEDURE */ SELECT n * 2 AS twice;
END//
CREATE TRIGGER plural BEFORE INSERT ON fruit FOR EACH ROW BEGIN SET NEW.name = CONCAT(NEW.name, 's'); END//
DELIMITER ;
CREATE EVENT never ON SCHEDULE EVERY 1 YEAR STARTS '2037-01-01 00:00:00' DO DELETE FROM fruit;
CREATE SEQUENCE numbers;`;

test("an account may make databases for tests where that is said, and nowhere else", async (t) => {
  if (!(await needServer(t, "mariadbd"))) return;
  const place = await makePlace(t);
  const make = async (mayMakeDatabases: boolean, name: string) => {
    const service = await mysqlService.open({ ...place, mayMakeDatabases });
    await service.setUp();
    const form = {
      schemes: ["mysql"],
      defaultPort: 3306,
      hostParameters: [],
      defaultSocket: "",
      example: "",
    };
    const account = parseDatabaseUrl(valuesOf(service)["_URL"] ?? "", form, place);
    await withClient(account, async (connection) => {
      await connection.query(`CREATE DATABASE ${name}`);
      await connection.query(`DROP DATABASE ${name}`);
    }).finally(async () => {
      await service.remove();
      await service.close();
    });
  };
  await make(true, "test_shop");
  for (const [may, name] of [
    [true, "shop_test"],
    [false, "test_shop"],
  ] as const)
    await assert.rejects(make(may, name), { code: "ER_DBACCESS_DENIED_ERROR" });
});

test("what a database has besides tables comes back, also after a restore that was killed", async (t) => {
  if (!(await needServer(t, "mariadbd"))) return;
  const place = await makePlace(t);
  const service = await mysqlService.open(place);
  await service.setUp();
  const form = { schemes: ["mysql"], defaultPort: 3306, hostParameters: [], defaultSocket: "", example: "" };
  const account = parseDatabaseUrl(valuesOf(service)["_URL"] ?? "", form, place);
  assert.equal(await service.sql?.runFile({ name: "objects.sql", text: OBJECTS }), "ran");
  const lookAt = (at: DatabaseAccount) =>
    withClient(at, async (connection) => {
      const [apple] = await queryRows(connection, "SELECT name, body FROM apples");
      const [called] = await queryRows(connection, "CALL twice(21)");
      const events = await queryRows(connection, "SHOW EVENTS");
      const triggers = await queryRows(connection, "SHOW TRIGGERS");
      const [text] = await queryRows(connection, "SHOW CREATE PROCEDURE twice");
      assert.match(String(text?.["Create Procedure"]), /CREATE DEFINER=`it`@`stays` PROCEDURE/);
      return [apple, called, events.length, triggers.length];
    });
  const look = () => lookAt(account);
  const before = await look();
  assert.deepEqual(before, [{ name: "apple", body: Buffer.from([0, 255]) }, [{ twice: 42 }], 1, 1]);
  await service.backup(join(place.data, "backup"));
  await service.clear();
  await assert.rejects(look(), { code: "ER_NO_SUCH_TABLE" });
  await service.restore(join(place.data, "backup"));
  assert.deepEqual(await look(), before);

  // Under another account, which may not say that something was defined by the first one.
  const other = await mysqlService.open({ ...place, application: "other" });
  await other.setUp();
  await other.restore(join(place.data, "backup"));
  const otherAccount = parseDatabaseUrl(valuesOf(other)["_URL"] ?? "", form, place);
  await service.clear();
  assert.deepEqual(await lookAt(otherAccount), before);
  await other.close();
  await service.restore(join(place.data, "backup"));

  // As a restore leaves it that has emptied the database and is killed.
  await service.backup(join(place.directory, "before-restore"));
  await service.clear();
  await service.setUp();
  assert.deepEqual(await look(), before);
  await service.close();
});

const DUMP = `CREATE TABLE \`a\` (b text);
INSERT INTO \`a\` VALUES ('DEFINER=\`x\`@\`y\`'),
/*!50013 DEFINER=\`data\`@\`%\` SQL SECURITY DEFINER */
/*!50001 CREATE ALGORITHM=UNDEFINED */
/*!50013 DEFINER=\`o\`\`k\`@\`local'host\` SQL SECURITY INVOKER */
/*!50001 VIEW \`v\` AS select 'DEFINER=\`x\`@\`y\`' */;
DELIMITER ;;
/*!50003 SET character_set_client = utf8mb4 */ ;;
/*!50106 CREATE*/ /*!50117 DEFINER="root"@"%"*/ /*!50106 EVENT \`e\` DO SELECT 1 */ ;;
DELIMITER ;
DELIMITER ;;
CREATE DEFINER=\`role\` PROCEDURE \`p\`()
CREATE DEFINER=\`in\`@\`text\`
;;
DELIMITER ;
`;

const WITHOUT = DUMP.replace("DEFINER=`o``k`@`local'host`", "")
  .replace('DEFINER="root"@"%"', "")
  .replace("DEFINER=`role`", "");

test("definers are dropped where they are said, in pieces of any size, and nothing else is", async () => {
  for (let size = 1; size <= DUMP.length; size++) {
    const chunks = Array.from({ length: Math.ceil(DUMP.length / size) }, (_, at) =>
      DUMP.slice(at * size, (at + 1) * size),
    );
    const edited = await buffer(Readable.from(withoutDefiners(Readable.from(chunks))));
    assert.equal(edited.toString("latin1"), WITHOUT);
  }
  const line = `INSERT INTO a VALUES ('${"x".repeat(3 * 1024 ** 2)}');\n`;
  const chunks = [line.slice(0, 2 * 1024 ** 2), line.slice(2 * 1024 ** 2), DUMP];
  const edited = await buffer(Readable.from(withoutDefiners(Readable.from(chunks))));
  assert.equal(edited.toString("latin1"), line + WITHOUT);
});
