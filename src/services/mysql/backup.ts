import { existsSync } from "node:fs";
import { rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type ProcessResult, runProcess } from "../../system/run-process.ts";
import { withWorkDirectory } from "../../system/work-directory.ts";
import { checkBackup, refuseBackup, writeBackup } from "../backup.ts";
import type { DatabaseAccount } from "../parse-database-url.ts";
import { findProgram } from "../programs.ts";
import type { ServicePlace } from "../service.ts";
import { failed, missing } from "../service-errors.ts";
import { findTls, queryRows, type TlsPlan, withClient } from "./client.ts";
import { dropDefiners } from "./drop-definers.ts";

const FILE = "database.sql";

/** Below the service's directory, while a restore is under way: what was there before. */
const BEFORE = "before-restore";

export async function backupMysql(directory: string, account: DatabaseAccount, place: ServicePlace) {
  await writeBackup(directory, "mysql", async (staged) => {
    const dump = join(staged, "dump.sql");
    const options = [
      ...["--single-transaction", "--skip-lock-tables", "--no-tablespaces", "--hex-blob"],
      ...["--routines", "--events", "--triggers", `--result-file=${dump}`, account.database],
    ];
    const { status, stderr } = await runClient(["mariadb-dump", "mysqldump"], options, { account, place });
    if (status !== 0) throw failed(place, "back up", stderr);
    await dropDefiners(dump, join(staged, FILE));
    await rm(dump);
  });
}

/** There is no transaction over tables, so what was there is kept until the end: finishRestore brings it back. */
export async function restoreMysql(directory: string, account: DatabaseAccount, place: ServicePlace) {
  await checkBackup(directory, "mysql");
  if (!existsSync(join(directory, FILE))) throw refuseBackup(directory, "its database is missing");
  await finishRestore(account, place);
  const before = join(place.directory, BEFORE);
  await backupMysql(before, account, place);
  const { status, stderr } = await load(directory, account, place);
  if (status !== 0) {
    await finishRestore(account, place);
    throw refuseBackup(directory, stderr.trim().split("\n").at(-1) ?? "");
  }
  await rm(before, { recursive: true });
}

/** What an earlier restore has left that was ended in the middle. */
export async function finishRestore(account: DatabaseAccount, place: ServicePlace): Promise<void> {
  const before = join(place.directory, BEFORE);
  if (!existsSync(before)) return;
  const { status, stderr } = await load(before, account, place);
  if (status !== 0) throw failed(place, `bring back from ${before}`, stderr);
  await rm(before, { recursive: true });
}

async function load(
  directory: string,
  account: DatabaseAccount,
  place: ServicePlace,
): Promise<ProcessResult> {
  await clearMysql(account);
  const inputFile = join(directory, FILE);
  // Texts of routines keep their comments and line ends, and a line of the file is no command of the client.
  const options = ["--batch", "--binary-mode", "--comments", account.database];
  return runClient(["mariadb", "mysql"], options, { account, place, inputFile });
}

/** All that a database has, by its own account. */
export async function clearMysql(account: DatabaseAccount): Promise<void> {
  await withClient(account, async (connection) => {
    const queries = [
      "SELECT table_type AS kind, table_name AS name FROM information_schema.tables WHERE table_schema = DATABASE()",
      "SELECT routine_type AS kind, routine_name AS name FROM information_schema.routines WHERE routine_schema = DATABASE()",
      "SELECT 'EVENT' AS kind, event_name AS name FROM information_schema.events WHERE event_schema = DATABASE()",
    ];
    await connection.query("SET FOREIGN_KEY_CHECKS = 0");
    await connection.query("SET lock_wait_timeout = 60");
    for (const query of queries)
      for (const { kind, name } of await queryRows(connection, query))
        await connection.query(
          `DROP ${String(kind).replace("BASE ", "").replace("SYSTEM ", "")} IF EXISTS ??`,
          [name],
        );
  });
}

/** Its password is in a file that only we can read, as words and environments of programs can be seen. */
async function runClient(
  names: readonly [string, string],
  options: readonly string[],
  { account, place, ...input }: { account: DatabaseAccount; place: ServicePlace; inputFile?: string },
): Promise<ProcessResult> {
  const found = await Promise.all(names.map((name) => findProgram(name, place.env)));
  const path = found.find((each) => each !== undefined);
  if (path === undefined)
    throw missing(place, "clients of MariaDB", {
      ...{ program: names[0], deb: "mariadb-client", address: "mysql://..." },
    });
  return withWorkDirectory(place.directory, async (work) => {
    const file = join(work, "client.cnf");
    await writeFile(file, renderOptions(account, await findTls(account)), { mode: 0o600 });
    const common = [`--defaults-file=${file}`, "--default-character-set=utf8mb4"];
    const env = { PATH: place.env["PATH"], LC_ALL: "C.UTF-8" };
    return runProcess([path, ...common, ...options], { ...input, env, signal: place.signal });
  });
}

/** What MySQL knows and what MariaDB knows: an option that begins with `loose-` may be unknown. */
const TLS_OPTIONS: Readonly<Record<TlsPlan["mode"], readonly string[]>> = {
  disable: ["loose-ssl-mode=DISABLED", "loose-skip-ssl"],
  prefer: [],
  require: ["loose-ssl-mode=REQUIRED", "loose-ssl", "loose-skip-ssl-verify-server-cert"],
  verify: ["loose-ssl-mode=VERIFY_IDENTITY", "loose-ssl", "loose-ssl-verify-server-cert"],
};

/** An option file: "Using Option Files" of MySQL's manual has the escapes. */
function renderOptions({ host, port, user, password }: DatabaseAccount, { mode, ca }: TlsPlan): string {
  const quote = (value: string) => {
    const mark = value.includes('"') ? "'" : '"';
    return mark + value.replaceAll("\\", "\\\\") + mark;
  };
  const where = host.startsWith("/")
    ? [`socket=${quote(host)}`]
    : [`host=${quote(host)}`, `port=${port}`, "protocol=tcp"];
  const account = [...(user === "" ? [] : [`user=${quote(user)}`]), `password=${quote(password)}`];
  const tls = [...TLS_OPTIONS[mode], ...(ca === undefined ? [] : [`ssl-ca=${quote(ca)}`])];
  return ["[client]", ...where, ...account, ...tls, ""].join("\n");
}
