import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type ProcessResult, runProcess } from "../../system/run-process.ts";
import { withWorkDirectory } from "../../system/work-directory.ts";
import { checkBackup, refuseBackup, writeBackup } from "../backup.ts";
import { type DatabaseAccount, whereOf } from "../parse-database-url.ts";
import { findProgram } from "../programs.ts";
import type { ServicePlace } from "../service.ts";
import { failed, missing, unreachable } from "../service-errors.ts";

const FILE = "database.sql";

/** Everything that the account owns. Others' sessions are waited for, but not for ever. */
export const DROP_ALL = "SET LOCAL lock_timeout = '60s'; DROP OWNED BY CURRENT_USER";

/** Of an address, and where libpq takes them from: "Environment Variables" of its manual. */
const PARAMETERS = {
  ...{ sslmode: "PGSSLMODE", sslrootcert: "PGSSLROOTCERT", sslcert: "PGSSLCERT", sslkey: "PGSSLKEY" },
  ...{ options: "PGOPTIONS", channel_binding: "PGCHANNELBINDING" },
};

/** psql(1), "Exit status". */
const SCRIPT_ERROR = 3;

/** Extensions are often the administrator's, and so are their comments: whoever restores may not write them. */
const OF_OTHERS = / COMMENT - EXTENSION /;

export async function backupPostgres(directory: string, account: DatabaseAccount, place: ServicePlace) {
  await writeBackup(directory, "postgres", async (staged) => {
    const run = async (program: string, options: readonly string[]) => {
      const { status, stderr } = await runClient(program, options, account, place);
      if (status !== 0) throw failed(place, "back up", stderr);
    };
    await withWorkDirectory(staged, async (work) => {
      const [archive, contents] = [join(work, "archive"), join(work, "contents")];
      await run("pg_dump", ["--format=custom", "--compress=0", `--file=${archive}`]);
      await run("pg_restore", ["--list", `--file=${contents}`, archive]);
      const lines = (await readFile(contents, "utf8")).split("\n");
      await writeFile(contents, lines.filter((line) => !OF_OTHERS.test(line)).join("\n"));
      const script = ["--no-owner", "--no-privileges", `--file=${join(staged, FILE)}`];
      await run("pg_restore", [`--use-list=${contents}`, ...script, archive]);
    });
  });
}

/** In one transaction, so that a backup with an error in its last line changes nothing. */
export async function restorePostgres(directory: string, account: DatabaseAccount, place: ServicePlace) {
  await checkBackup(directory, "postgres");
  const options = [
    ...["--no-psqlrc", "--quiet", "--single-transaction", "--set=ON_ERROR_STOP=1", "--output=/dev/null"],
    ...[`--command=${DROP_ALL}`, `--file=${join(directory, FILE)}`],
  ];
  const { status, stderr } = await runClient("psql", options, account, place);
  if (status === 0) return;
  const reason =
    stderr
      .trim()
      .split("\n")
      .find((line) => /error/i.test(line)) ?? stderr.trim();
  if (status === SCRIPT_ERROR || status === 1) throw refuseBackup(directory, reason);
  throw unreachable(place, whereOf(account), reason);
}

/** Its password is in a file that only we can read, as words and environments of programs can be seen. */
async function runClient(
  program: string,
  options: readonly string[],
  { host, port, user, password, database, parameters }: DatabaseAccount,
  place: ServicePlace,
): Promise<ProcessResult> {
  const path = await findProgram(program, place.env);
  if (path === undefined)
    throw missing(place, "clients of PostgreSQL", {
      program,
      deb: "postgresql-client",
      address: "postgresql://...",
    });
  return withWorkDirectory(place.directory, async (work) => {
    const passwords = join(work, "pgpass");
    await writeFile(passwords, `*:*:*:*:${password.replaceAll(/[\\:]/g, "\\$&")}\n`, { mode: 0o600 });
    const given = Object.entries(PARAMETERS).flatMap(([name, variable]) =>
      parameters[name] === undefined ? [] : [[variable, parameters[name]]],
    );
    const env = {
      ...{ PATH: place.env["PATH"], LC_ALL: "C.UTF-8", PGPASSFILE: passwords, PGHOST: host },
      ...{
        PGPORT: String(port),
        ...(user && { PGUSER: user }),
        PGDATABASE: database,
        ...Object.fromEntries(given),
      },
    };
    return runProcess([path, "--no-password", ...options], { env, signal: place.signal });
  });
}
