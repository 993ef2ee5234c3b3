import { type DatabaseAccount, whereOf } from "../parse-database-url.ts";
import { LEDGER, type SqlDatabase } from "../sql/run-sql-file.ts";
import { connectClient } from "./client.ts";

/** Of the lock that our sessions take in a database: a number that nobody else is likely to use. */
const LOCK = 0x486f6c64;

export function postgresDatabase(account: DatabaseAccount): SqlDatabase {
  return {
    ...{ dialect: "postgres", nameType: "varchar(255)", isUndoing: true },
    where: whereOf(account),
    async connect() {
      const client = await connectClient(account);
      const run = async (text: string, values: readonly string[] = []) => {
        let place = 0;
        const numbered = values.length > 0 ? text.replaceAll("?", () => `$${++place}`) : text;
        const { rows } = await (values.length > 0 ? client.query(numbered, [...values]) : client.query(text));
        return rows;
      };
      const [row] = await run("SELECT quote_ident(current_schema()) AS name");
      return {
        ledger: `${row?.name ?? "public"}.${LEDGER}`, // a file may change the search path
        async begin() {
          await run("BEGIN");
          await run(`SELECT pg_advisory_xact_lock(${LOCK})`);
        },
        run,
        execute: run,
        commit: async () => void (await run("COMMIT")),
        rollback: async () => void (await run("ROLLBACK")),
        close: () => client.end(),
      };
    },
    explain(error) {
      if (!(error instanceof Error) || !("severity" in error)) return undefined; // of the connection
      const position = "position" in error ? Number(error.position) : Number.NaN;
      return { reason: error.message, ...(position > 0 && { offset: position - 1 }) };
    },
  };
}
