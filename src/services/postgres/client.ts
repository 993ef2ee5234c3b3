import { readFile } from "node:fs/promises";
import { userInfo } from "node:os";
import type { ConnectionOptions } from "node:tls";
import type { Client } from "pg";
import type { DatabaseAccount } from "../parse-database-url.ts";

const CONNECT_TIMEOUT_MS = 10_000;

/** What pg says of a server without TLS. */
const NO_TLS = "The server does not support SSL connections";

/**
 * As libpq connects: with TLS where the server has it, unless `sslmode` says more.
 * @throws the error of the server or of the connection; `end()` is the caller's.
 */
export async function connectClient(account: DatabaseAccount): Promise<Client> {
  const { sslmode = "prefer" } = account.parameters;
  if (sslmode === "disable" || account.host.startsWith("/")) return connect(account, false);
  const tls = await planTls(sslmode, account.parameters);
  try {
    return await connect(account, tls);
  } catch (error) {
    const isWithout = error instanceof Error && error.message === NO_TLS;
    if (!isWithout || !["prefer", "allow"].includes(sslmode)) throw error;
    return connect(account, false);
  }
}

async function connect(account: DatabaseAccount, ssl: ConnectionOptions | false): Promise<Client> {
  const { host, port, user, password, database, parameters } = account;
  const { default: pg } = await import("pg");
  const client = new pg.Client({
    ...{ host, port, user: user || userInfo().username, password, database, ssl },
    ...(parameters["options"] !== undefined && { options: parameters["options"] }),
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

/** "SSL Mode Descriptions" of libpq's manual. */
async function planTls(
  sslmode: string,
  { sslrootcert = "system", sslcert, sslkey }: DatabaseAccount["parameters"],
): Promise<ConnectionOptions> {
  return {
    rejectUnauthorized: sslmode.startsWith("verify"),
    ...(sslmode === "verify-ca" && { checkServerIdentity: () => undefined }),
    ...(sslrootcert !== "system" && { ca: await readFile(sslrootcert) }),
    ...(sslcert !== undefined && { cert: await readFile(sslcert) }),
    ...(sslkey !== undefined && { key: await readFile(sslkey) }),
  };
}
