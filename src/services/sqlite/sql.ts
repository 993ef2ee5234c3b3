import type { DatabaseSync } from "node:sqlite";
import { setTimeout } from "node:timers/promises";
import { LEDGER, type SqlDatabase } from "../sql/run-sql-file.ts";

const BUSY_TIMEOUT_MS = 60_000;
const BETWEEN_MS = 20;

/** SQLITE_BUSY: another connection writes. https://sqlite.org/rescode.html */
const BUSY = 5;

export function sqliteDatabase(path: string): SqlDatabase {
  return {
    ...{ dialect: "sqlite", nameType: "varchar(255)", isUndoing: true, where: path },
    async connect() {
      const { DatabaseSync } = await import("node:sqlite");
      const database = new DatabaseSync(path, { timeout: 0 });
      const exec = async (text: string) => database.exec(text);
      return {
        ledger: `main.${LEDGER}`,
        begin: () => begin(database),
        run: async (statement, values = []) => database.prepare(statement).all(...values),
        execute: exec, // prepare() would leave out what follows a first statement
        commit: () => exec("COMMIT"),
        rollback: () => exec("ROLLBACK"),
        close: async () => database.close(),
      };
    },
    explain: (error) =>
      error instanceof Error && "errcode" in error ? { reason: error.message } : undefined,
  };
}

/** SQLite's own waiting would stop this whole program, with the connection in it that it waits for. */
async function begin(database: DatabaseSync): Promise<void> {
  const deadline = Date.now() + BUSY_TIMEOUT_MS;
  for (;;) {
    try {
      database.exec("BEGIN IMMEDIATE");
      return;
    } catch (error) {
      const isBusy = error instanceof Error && "errcode" in error && error.errcode === BUSY;
      if (!isBusy || Date.now() > deadline) throw error;
    }
    await setTimeout(BETWEEN_MS);
  }
}
