import { createHash } from "node:crypto";
import { AppError } from "../../errors/app-error.ts";
import { errnoOf } from "../../system/file-errors.ts";
import type { ServicePlace, SqlFile, SqlSession } from "../service.ts";
import { unreachable } from "../service-errors.ts";
import { type Dialect, readTokens } from "./read-tokens.ts";
import { type SqlStatement, splitStatements } from "./split-statements.ts";

export type SqlRow = Readonly<Record<string, unknown>>;

/** One connection, for one file: what a file changes about its connection ends with it. */
export interface SqlConnection {
  /** Begins a transaction that no other session of ours begins meanwhile. */
  begin(): Promise<void>;
  /** One statement of ours. `?` stands for each of the values. */
  run(statement: string, values?: readonly string[]): Promise<readonly SqlRow[]>;
  /** One statement of a file, as it is. */
  execute(statement: string): Promise<unknown>;
  commit(): Promise<void>;
  rollback(): Promise<void>;
  close(): Promise<void>;
  /** Of the ledger, in a form that stays right whatever the file sets. */
  readonly ledger: string;
}

export interface SqlDatabase {
  readonly dialect: Dialect;
  /** Type of a column that tells `A` from `a`. */
  readonly nameType: string;
  /** Whether a transaction holds changes of tables, too. */
  readonly isUndoing: boolean;
  /** For messages. */
  readonly where: string;
  connect(): Promise<SqlConnection>;
  /** What the database says of a statement; undefined when the error is another one. */
  explain(error: unknown): SqlComplaint | undefined;
}

export interface SqlComplaint {
  readonly reason: string;
  /** Characters, by code point, of the statement before what it complains about. */
  readonly offset?: number;
  /** Of the statement, from 1: from databases that count lines. */
  readonly line?: number;
}

/** Name of the table in which files are recorded. */
export const LEDGER = "holdall_sql";
const MAX_NAME = 255;

/** Longer beginnings of statements say no more about what they are. */
const MAX_HEAD = 4096;

/** A file is in a transaction already: these say so once more. MariaDB has a block that begins so, too. */
const TRANSACTION = /^(?:BEGIN(?! NOT ATOMIC)|START TRANSACTION|COMMIT|END)\b/i;

/** What would end the transaction of a file, or is for a program that reads files, by the beginning of a statement. */
const REFUSED: Readonly<Record<Dialect, readonly (readonly [head: RegExp, reason: string])[]>> = {
  postgres: [
    [/^\\/, "it is a command of psql, and no SQL"],
    [
      /^COPY\b.* FROM STDIN\b/i,
      "its data are in the file, where only psql finds them (pg_dump has --inserts)",
    ],
    [/^PREPARE TRANSACTION\b/i, "a file is one transaction"],
  ],
  mysql: [[/^(?:\\|SOURCE )/i, "it is a command of the client, and no SQL"]],
  sqlite: [[/^\./, "it is a command of sqlite3, and no SQL"]],
};
const ROLLBACK = /^(?:ROLLBACK|ABORT)\b(?!(?: WORK| TRANSACTION)? TO\b)/i;

export function openSqlSession(database: SqlDatabase, place: ServicePlace): SqlSession {
  const use = async <Result>(run: (connection: SqlConnection) => Promise<Result>) => {
    try {
      return await withConnection(database, run);
    } catch (error) {
      const complaint = error instanceof AppError ? undefined : database.explain(error);
      if (complaint !== undefined) throw refuseLedger(complaint, place);
      // Drivers give their errors a code; one that has lost its connection says so.
      const isTheirs =
        error instanceof Error && (errnoOf(error) !== undefined || /connection/i.test(error.message));
      if (!isTheirs || error instanceof AppError) throw error;
      throw unreachable(place, database.where, error.message || String(errnoOf(error)), error);
    }
  };
  return {
    async listDone() {
      const rows = await use((connection) => readLedger(database, connection));
      return rows.map(({ name }) => String(name));
    },
    async isDone({ name, text }) {
      const rows = await use((connection) => readLedger(database, connection));
      const sha256 = digestOf(text);
      return rows.some((row) => row["name"] === name && row["sha256"] === sha256);
    },
    runFile: (file) => use((connection) => runFile(database, connection, file, place)),
  };
}

async function withConnection<Result>(
  { connect }: SqlDatabase,
  use: (connection: SqlConnection) => Promise<Result>,
): Promise<Result> {
  const connection = await connect();
  try {
    await connection.begin();
    const result = await use(connection);
    await connection.commit();
    return result;
  } catch (error) {
    await connection.rollback().catch(() => {}); // the connection may be what is gone
    throw error;
  } finally {
    await connection.close();
  }
}

async function readLedger(
  { nameType }: SqlDatabase,
  { run, ledger }: SqlConnection,
): Promise<readonly SqlRow[]> {
  const columns = `name ${nameType} PRIMARY KEY, sha256 char(64) NOT NULL, ran_at varchar(24) NOT NULL`;
  await run(`CREATE TABLE IF NOT EXISTS ${ledger} (${columns})`);
  return run(`SELECT name, sha256, ran_at FROM ${ledger} ORDER BY ran_at`);
}

async function runFile(
  database: SqlDatabase,
  connection: SqlConnection,
  { name, text }: SqlFile,
  place: ServicePlace,
): Promise<"ran" | "done"> {
  if (name.length > MAX_NAME) throw new Error(`a name has at most ${MAX_NAME} characters`);
  const sha256 = digestOf(text);
  const rows = await readLedger(database, connection);
  const former = rows.find((row) => row["name"] === name);
  if (former !== undefined) {
    if (former["sha256"] === sha256) return "done";
    throw refuseChanged(name, String(former["ran_at"]), place);
  }
  for (const statement of splitStatements(text, database.dialect)) {
    const head = headOf(statement, database.dialect);
    if (TRANSACTION.test(head)) continue;
    const reason = ROLLBACK.test(head)
      ? "a file cannot undo a part of itself"
      : REFUSED[database.dialect].find(([pattern]) => pattern.test(head))?.[1];
    if (reason !== undefined) throw refuseStatement(database, name, statement, { reason }, place);
    try {
      await connection.execute(statement.text);
    } catch (error) {
      const complaint = database.explain(error);
      if (complaint === undefined) throw error;
      throw refuseStatement(database, name, statement, complaint, place);
    }
  }
  const values = [name, sha256, nextTime(rows.at(-1))];
  await connection.run(`INSERT INTO ${connection.ledger} (name, sha256, ran_at) VALUES (?, ?, ?)`, values);
  return "ran";
}

function digestOf(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}

/** How a statement begins, without comments and with one space between words. */
function headOf({ text }: SqlStatement, dialect: Dialect): string {
  let head = "";
  for (const { kind, start, end } of readTokens(text, dialect)) {
    if (head.length > MAX_HEAD) break;
    if (kind === "blank") head = head === "" ? "" : `${head.trimEnd()} `;
    else head += text.slice(start, end);
  }
  return head;
}

/** Later than the last one, so that they have an order even when the clock goes back. */
function nextTime(last: SqlRow | undefined): string {
  const lastMs = last === undefined ? 0 : Date.parse(String(last["ran_at"]));
  return new Date(Math.max(Date.now(), lastMs + 1)).toISOString();
}

function refuseLedger({ reason }: SqlComplaint, place: ServicePlace): AppError {
  return new AppError({
    code: "sql_failed",
    message: `cannot record SQL files in ${place.name}: ${reason}`,
    hint: `Allow the account to create and to write the table ${LEDGER}.`,
    details: { service: place.name },
  });
}

function refuseChanged(name: string, ranAt: string, place: ServicePlace): AppError {
  return new AppError({
    code: "sql_changed",
    message: `cannot run ${name} in ${place.name}: it has run at ${ranAt}, with another text`,
    hint: "Undo the change of the file, and put what is new into a file of its own.",
    details: { service: place.name, file: name, ranAt },
  });
}

function refuseStatement(
  { isUndoing }: SqlDatabase,
  name: string,
  { text, line }: SqlStatement,
  { reason, offset = 0, line: inside }: SqlComplaint,
  place: ServicePlace,
): AppError {
  const wrongLine = line + (inside ?? [...text].slice(0, offset).join("").split("\n").length) - 1;
  const stays = isUndoing ? "" : ` (tables that statements before line ${line} have changed stay changed)`;
  return new AppError({
    code: "sql_failed",
    message: `cannot run ${name} in ${place.name}: line ${wrongLine}: ${reason}${stays}`,
    hint: isUndoing
      ? "Correct the file and run it again: nothing of it has stayed."
      : "Undo what has stayed, correct the file and run it again.",
    excerpt: shorten(text),
    details: { service: place.name, file: name, line: wrongLine, statementLine: line },
  });
}

/** The beginning of a statement: it may be a megabyte of data. */
function shorten(text: string): string {
  const lines = text
    .split("\n")
    .slice(0, 8)
    .map((line) => line.slice(0, 200));
  return lines.join("\n");
}
