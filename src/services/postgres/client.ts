import { readFile } from "node:fs/promises";
import type { Client } from "pg";
import type { DatabaseAccount } from "../parse-database-url.ts";

const CONNECT_TIMEOUT_MS = 10_000;

/** @throws the error of the server or of the connection; `end()` is the caller's. */
export async function connectClient(account: DatabaseAccount): Promise<Client> {
  const { host, port, user, password, database, parameters } = account;
  const { default: pg } = await import("pg");
  const client = new pg.Client({
    ...{ host, port, user, password, database, ssl: await planTls(parameters) },
    ...{ connectionTimeoutMillis: CONNECT_TIMEOUT_MS, application_name: "holdall" },
  });
  client.on("error", () => {}); // the query that is running, or the next one, says so
  try {
    await client.connect();
  } catch (error) {
    await client.end().catch(() => {}); // it has not begun
    throw error;
  }
  return client;
}

export async function withClient<Result>(
  account: DatabaseAccount,
  use: (client: Client) => Promise<Result>,
): Promise<Result> {
  const client = await connectClient(account);
  try {
    return await use(client);
  } finally {
    await client.end();
  }
}

/** As libpq has it ("SSL Mode Descriptions"), but that `prefer` is without. */
async function planTls({ sslmode = "prefer", sslrootcert }: DatabaseAccount["parameters"]) {
  if (["disable", "allow", "prefer"].includes(sslmode)) return false;
  const ca = sslrootcert === undefined || sslrootcert === "system" ? {} : { ca: await readFile(sslrootcert) };
  return { rejectUnauthorized: sslmode.startsWith("verify"), ...ca };
}
