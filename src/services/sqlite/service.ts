import { existsSync } from "node:fs";
import { open, rm } from "node:fs/promises";
import { join, resolve } from "node:path";
import type { DatabaseSync } from "node:sqlite";
import { checkBackup, refuseBackup, writeBackup } from "../backup.ts";
import type { OpenService, ServiceKind, ServicePlace } from "../service.ts";
import { checkSpace, full, refuseAddress, unreachable } from "../service-errors.ts";
import { openSqlSession } from "../sql/run-sql-file.ts";
import { sqliteDatabase } from "./sql.ts";

export const sqliteService: ServiceKind = {
  name: "sqlite",
  help: "A database in a file.",
  mainVariable: "_URL",
  keeps: "database.sqlite",
  scheme: "sqlite",
  open: async (place) => openFile(join(place.directory, "database.sqlite"), undefined, place),
  connect: async (address, place) => openFile(parseAddress(address, place), address, place),
};

/** SQLITE_FULL, SQLITE_IOERR: https://sqlite.org/rescode.html */
const FULL = 13;

const BUSY_TIMEOUT_MS = 10_000;

/** With three slashes a path is relative to where the application runs, with four it is absolute, as SQLAlchemy has it. */
function parseAddress(address: string, place: ServicePlace): string {
  const form = "sqlite:////srv/shop/shop.sqlite";
  const [, path = address] = /^sqlite(?:\+\w+)?:\/\/\/([^?#]*)/.exec(address) ?? [];
  if (path === "" || path === ":memory:")
    throw refuseAddress(place, "a database in memory is nobody else's", form);
  if (path.includes("\0") || /^[a-z][a-z0-9+.-]*:/i.test(path))
    throw refuseAddress(place, "it is neither a path nor a URL of sqlite", form);
  return resolve(place.data, path);
}

/** `address` is what somebody wrote for a file that is theirs. */
function openFile(path: string, address: string | undefined, place: ServicePlace): OpenService {
  const files = ["", "-wal", "-shm", "-journal"].map((end) => path + end);
  /** As a whole or not at all; programs that have it open see the other content from then on. */
  const replace = async (source: string) => {
    const { backup } = await import("node:sqlite");
    await withDatabase(path, async (database) => {
      // backup() would wait for other writers for ever.
      database.exec("BEGIN EXCLUSIVE");
      database.exec("ROLLBACK");
    });
    await withDatabase(source, (database) => backup(database, path));
  };
  const check = async () => {
    try {
      if (!existsSync(path)) throw new Error("there is no such file");
      await withDatabase(path, async (database) => void database.exec("SELECT count(*) FROM sqlite_schema"));
    } catch (error) {
      const isFull = error instanceof Error && "errcode" in error && error.errcode === FULL;
      if (isFull) throw full(place, "the disk is full", `Make room on the disk that has ${path}.`);
      throw unreachable(place, path, error instanceof Error ? error.message : String(error), error);
    }
    await checkSpace(place, path);
  };
  return {
    values: {
      _URL: { value: address ?? `sqlite:///${path}`, isSecret: false },
      _PATH: { value: path, isSecret: false },
    },
    async setUp() {
      const file = await open(path, "a", 0o600).catch((error: Error) => {
        throw unreachable(place, path, error.message, error);
      });
      await file.close();
      await check();
    },
    check,
    backup: (directory) =>
      writeBackup(directory, "sqlite", async (staged) => {
        const { backup } = await import("node:sqlite");
        await withDatabase(path, (database) => backup(database, join(staged, "database.sqlite")));
      }),
    async restore(directory) {
      await checkBackup(directory, "sqlite");
      const source = join(directory, "database.sqlite");
      await checkIntegrity(directory, source);
      await replace(source);
    },
    clear: () => replace(":memory:"),
    async remove() {
      if (address === undefined) for (const file of files) await rm(file, { force: true });
    },
    sql: openSqlSession(sqliteDatabase(path), place),
    close: async () => {},
  };
}

/** @throws AppError `backup_invalid`. */
async function checkIntegrity(directory: string, path: string): Promise<void> {
  if (!existsSync(path)) throw refuseBackup(directory, "its database is missing");
  try {
    await withDatabase(path, async (database) => {
      const [row] = database.prepare("PRAGMA integrity_check(1)").all();
      if (row?.["integrity_check"] !== "ok") throw new Error(String(row?.["integrity_check"]));
    });
  } catch (error) {
    throw refuseBackup(directory, error instanceof Error ? error.message : String(error), error);
  }
}

async function withDatabase<Result>(
  path: string,
  use: (database: DatabaseSync) => Promise<Result>,
): Promise<Result> {
  const { DatabaseSync } = await import("node:sqlite");
  const database = new DatabaseSync(path, { timeout: BUSY_TIMEOUT_MS });
  try {
    return await use(database);
  } finally {
    database.close();
  }
}
