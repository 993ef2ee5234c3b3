import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import { needServer } from "../../testing/needs.ts";
import { makePlace, valuesOf } from "../../testing/service-conformance.ts";
import { parseDatabaseUrl } from "../parse-database-url.ts";
import { queryRows, withClient } from "./client.ts";
import { mysqlService } from "./service.ts";

const OBJECTS = `
CREATE TABLE fruit (id int AUTO_INCREMENT PRIMARY KEY, name varchar(20), body blob, of_id int, FOREIGN KEY (of_id) REFERENCES fruit (id));
INSERT INTO fruit (name, body) VALUES ('apple', x'00ff'), ('pear', NULL);
CREATE VIEW apples AS SELECT * FROM fruit WHERE name = 'apple';
DELIMITER //
CREATE PROCEDURE twice(n int) BEGIN SELECT n * 2 AS twice; END//
CREATE TRIGGER plural BEFORE INSERT ON fruit FOR EACH ROW BEGIN SET NEW.name = CONCAT(NEW.name, 's'); END//
DELIMITER ;
CREATE EVENT never ON SCHEDULE EVERY 1 YEAR STARTS '2037-01-01 00:00:00' DO DELETE FROM fruit;
CREATE SEQUENCE numbers;`;

test("what a database has besides tables comes back, also after a restore that was killed", async (t) => {
  if (!(await needServer(t, "mariadbd"))) return;
  const place = await makePlace(t);
  const service = await mysqlService.open(place);
  await service.setUp();
  const form = { schemes: ["mysql"], defaultPort: 3306, example: "" };
  const account = parseDatabaseUrl(valuesOf(service)["_URL"] ?? "", form, place);
  assert.equal(await service.sql?.runFile({ name: "objects.sql", text: OBJECTS }), "ran");
  const look = () =>
    withClient(account, async (connection) => {
      const [apple] = await queryRows(connection, "SELECT name, body FROM apples");
      const [called] = await queryRows(connection, "CALL twice(21)");
      const events = await queryRows(connection, "SHOW EVENTS");
      const triggers = await queryRows(connection, "SHOW TRIGGERS");
      return [apple, called, events.length, triggers.length];
    });
  const before = await look();
  assert.deepEqual(before, [{ name: "apple", body: Buffer.from([0, 255]) }, [{ twice: 42 }], 1, 1]);
  await service.backup(join(place.data, "backup"));
  await service.clear();
  await assert.rejects(look(), { code: "ER_NO_SUCH_TABLE" });
  await service.restore(join(place.data, "backup"));
  assert.deepEqual(await look(), before);

  // As a restore leaves it that has emptied the database and is killed.
  await service.backup(join(place.directory, "before-restore"));
  await service.clear();
  await service.setUp();
  assert.deepEqual(await look(), before);
  await service.close();
});
