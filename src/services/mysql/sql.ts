import { type DatabaseAccount, whereOf } from "../parse-database-url.ts";
import { LEDGER, type SqlDatabase } from "../sql/run-sql-file.ts";
import { connectClient, queryRows } from "./client.ts";

const LOCK_TIMEOUT_S = 60;

export function mysqlDatabase(account: DatabaseAccount): SqlDatabase {
  return {
    ...{
      dialect: "mysql",
      nameType: "varchar(255) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin",
      isUndoing: false,
    },
    where: whereOf(account),
    async connect() {
      const connection = await connectClient(account);
      const run = (text: string, values?: readonly string[]) => queryRows(connection, text, values);
      return {
        ledger: `\`${account.database.replaceAll("`", "``")}\`.${LEDGER}`, // a file may USE another one
        async begin() {
          // Locks are the whole server's, and their names have at most 64 characters.
          const name = `SHA1(CONCAT('${LEDGER}', DATABASE()))`;
          const [row] = await run(`SELECT GET_LOCK(${name}, ${LOCK_TIMEOUT_S}) AS has`);
          if (row?.["has"] !== 1) throw new Error("another program runs SQL files and does not end");
          await run("SET autocommit = 0"); // a transaction begins again after each change of a table
        },
        run,
        execute: run,
        commit: () => connection.commit(),
        rollback: () => connection.rollback(),
        close: async () => connection.destroy(),
      };
    },
    explain(error) {
      if (!(error instanceof Error) || !("sqlState" in error) || "fatal" in error) return undefined;
      const [, reason = error.message, line] = /^([\s\S]*?)(?: at line (\d+))?$/.exec(error.message) ?? [];
      return { reason, ...(line !== undefined && { line: Number(line) }) };
    },
  };
}
