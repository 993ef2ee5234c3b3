import { closeSync, existsSync, openSync, writeSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import type { Subject, Values } from "./service-conformance.ts";

function use<Result>({ _PATH: path = "" }: Values, run: (database: DatabaseSync) => Result): Result {
  if (!existsSync(path)) throw new Error("there is no such file"); // SQLite would make it
  const database = new DatabaseSync(path);
  try {
    return run(database);
  } finally {
    database.close();
  }
}

const TABLE = "CREATE TABLE IF NOT EXISTS notes (name text PRIMARY KEY, note text)";

/** How an application uses SQLite; `kind` is what is judged by it. */
export const SQLITE: Omit<Subject, "kind"> = {
  async write(values, name, text) {
    use(values, (database) => {
      database.exec(TABLE);
      database.prepare("INSERT OR REPLACE INTO notes VALUES (?, ?)").run(name, text);
    });
  },
  read: async (values, name) =>
    use(values, (database) => {
      if (!database.prepare("SELECT 1 FROM sqlite_schema WHERE name = 'notes'").get()) return undefined;
      const row = database.prepare("SELECT note FROM notes WHERE name = ?").get(name);
      return row && String(row["note"]);
    }),
  wrongAddresses: ["", "sqlite:///:memory:", ":memory:", "postgres://ada:SECRET@localhost/db", "sqlite:///"],
  notSql: [[".read other.sql", "it is a command of sqlite3, and no SQL"]],
  nowhere: (directory) => `sqlite:///${directory}/missing/missing.sqlite`,
  spoil(backup) {
    const file = openSync(join(backup, "database.sqlite"), "r+");
    writeSync(file, Buffer.alloc(2000, 255), 0, 2000, 4096); // the head of the second page
    closeSync(file);
  },
};
