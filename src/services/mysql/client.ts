import type { Connection, RowDataPacket } from "mysql2/promise";
import type { DatabaseAccount } from "../parse-database-url.ts";

const CONNECT_TIMEOUT_MS = 10_000;

/** @throws the error of the server or of the connection. */
export async function connectClient(account: DatabaseAccount): Promise<Connection> {
  const { host, port, user, password, database, parameters } = account;
  const { default: mysql } = await import("mysql2/promise"); // CommonJS: its names are not seen in a bundle
  const where = host.startsWith("/") ? { socketPath: host } : { host, port };
  const tls = planTls(parameters["ssl-mode"] ?? parameters["sslmode"] ?? "");
  const connection = await mysql.createConnection({
    ...{ ...where, user, password, charset: "utf8mb4", connectTimeout: CONNECT_TIMEOUT_MS },
    ...(database !== "" && { database }),
    ...(tls && { ssl: tls }),
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

/** `REQUIRED`, `VERIFY_CA`, `VERIFY_IDENTITY` of MySQL, and what others write. */
function planTls(mode: string) {
  if (!/^(?:require|verify)/i.test(mode)) return undefined;
  return { rejectUnauthorized: /^verify/i.test(mode) };
}
