import { readFile } from "node:fs/promises";
import { userInfo } from "node:os";
import type { Connection, RowDataPacket, SslOptions } from "mysql2/promise";
import type { DatabaseAccount } from "../parse-database-url.ts";

const CONNECT_TIMEOUT_MS = 10_000;

/** What mysql2 says of a server without TLS. */
const NO_TLS = "HANDSHAKE_NO_SSL_SUPPORT";

/**
 * As clients of MySQL connect: with TLS where the server has it, unless `ssl-mode` says more.
 * @throws the error of the server or of the connection.
 */
export async function connectClient(account: DatabaseAccount): Promise<Connection> {
  const { mode, ca } = planTls(account);
  if (mode === "disable") return connect(account);
  const ssl = { rejectUnauthorized: mode === "verify", verifyIdentity: mode === "verify" };
  try {
    return await connect(account, { ...ssl, ...(ca !== undefined && { ca: await readFile(ca, "utf8") }) });
  } catch (error) {
    if (mode !== "prefer" || !(error instanceof Error && "code" in error && error.code === NO_TLS))
      throw error;
    return connect(account);
  }
}

async function connect(account: DatabaseAccount, ssl?: SslOptions): Promise<Connection> {
  const { host, port, user, password, database } = account;
  const { default: mysql } = await import("mysql2/promise"); // CommonJS: its names are not seen in a bundle
  const where = host.startsWith("/") ? { socketPath: host } : { host, port };
  const connection = await mysql.createConnection({
    ...{ ...where, user: user || userInfo().username, password, charset: "utf8mb4" },
    ...{ connectTimeout: CONNECT_TIMEOUT_MS, ...(database !== "" && { database }), ...(ssl && { ssl }) },
  });
  connection.on("error", () => {}); // the query that is running, or the next one, says so
  return connection;
}

export async function withClient<Result>(
  account: DatabaseAccount,
  use: (connection: Connection) => Promise<Result>,
): Promise<Result> {
  const connection = await connectClient(account);
  try {
    return await use(connection);
  } finally {
    connection.destroy();
  }
}

export async function queryRows(connection: Connection, text: string, values: readonly string[] = []) {
  const [rows] = await connection.query<RowDataPacket[]>(text, [...values]);
  return Array.isArray(rows) ? rows : []; // a statement without rows has a header
}

export interface TlsPlan {
  readonly mode: "disable" | "prefer" | "require" | "verify";
  /** Path of certificates. */
  readonly ca: string | undefined;
}

/** `REQUIRED`, `VERIFY_CA`, `VERIFY_IDENTITY` of MySQL, and what others write. */
function planTls({ host, parameters }: DatabaseAccount): TlsPlan {
  const ca = parameters["ssl-ca"] ?? parameters["ssl_ca"] ?? parameters["sslrootcert"];
  const said = parameters["ssl-mode"] ?? parameters["ssl_mode"] ?? parameters["sslmode"];
  const word = said ?? (ca === undefined ? "prefer" : "verify");
  const mode = (["disable", "require", "verify"] as const).find((each) =>
    word.toLowerCase().startsWith(each),
  );
  return { mode: host.startsWith("/") ? "disable" : (mode ?? "prefer"), ca };
}

/** The same, with what the server has for `prefer`: programs of MariaDB and MySQL do not agree on what that is. */
export async function findTls(account: DatabaseAccount): Promise<TlsPlan> {
  const plan = planTls(account);
  if (plan.mode !== "prefer") return plan;
  const require = { ...account, parameters: { ...account.parameters, "ssl-mode": "REQUIRED" } };
  try {
    await withClient(require, async () => {});
    return { ...plan, mode: "require" };
  } catch (error) {
    if (!(error instanceof Error && "code" in error && error.code === NO_TLS)) throw error;
    return { ...plan, mode: "disable" };
  }
}
