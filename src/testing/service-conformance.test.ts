import assert from "node:assert/strict";
import { chmodSync } from "node:fs";
import { mkdir, rm } from "node:fs/promises";
import { type TestContext, test } from "node:test";
import { AppError } from "../errors/app-error.ts";
import type { OpenService, ServicePlace, SqlSession } from "../services/service.ts";
import { sqliteService } from "../services/sqlite/service.ts";
import { makePlace, type Subject, testAll, valuesOf } from "./service-conformance.ts";
import { SQLITE } from "./sqlite-subject.ts";

// The suite is judged by services that break one promise each: it has to find every one of them.

const kind = sqliteService;
const { write, read } = SQLITE;
type Break = (service: OpenService, place: ServicePlace) => Partial<OpenService>;

/** The same kind, whose services are opened with one thing that is different. */
function broken(change: Break): Partial<Subject["kind"]> {
  const breakIt = (service: OpenService, place: ServicePlace) => ({ ...service, ...change(service, place) });
  return {
    open: async (place) => breakIt(await kind.open(place), place),
    connect: async (address, place) => breakIt(await kind.connect(address, place), place),
  };
}

function brokenSql(change: (sql: SqlSession) => Partial<SqlSession>): Partial<Subject["kind"]> {
  return broken(({ sql }) => (sql ? { sql: { ...sql, ...change(sql) } } : {}));
}

let isFirst = true;
const once = async () => {
  if (!isFirst) throw new Error("not twice");
  isFirst = false;
};

let shared: ServicePlace | undefined;

const STORED = "set up twice";
const BACKUP = "a backup brings back";
const EMPTY = "clear leaves it empty";
const ADDRESS = "an address of it";
const SQL_ONCE = "SQL files run once";
const SQL_FAILS = "a failing file";

const BROKEN: readonly (readonly [what: string, found: string, kind: Partial<Subject["kind"]>])[] = [
  [
    "settings without the main one",
    STORED,
    broken(({ values: { _PATH } }) => ({ values: _PATH ? { _PATH } : {} })),
  ],
  [
    "settings that lead elsewhere",
    STORED,
    broken(() => ({ values: { _PATH: { value: "/nowhere", isSecret: false } } })),
  ],
  [
    "set up forgets what is stored",
    STORED,
    broken((service) => ({ setUp: () => service.setUp().then(service.clear) })),
  ],
  ["set up cannot be run twice", STORED, broken(({ setUp }) => ({ setUp: () => once().then(setUp) }))],
  ["close forgets what is stored", STORED, broken(({ clear }) => ({ close: clear }))],
  ["close cannot be run twice", STORED, broken(() => ({ close: once }))],
  [
    "others can read it",
    STORED,
    broken((service, { directory }) => ({
      setUp: () => service.setUp().then(() => chmodSync(directory, 0o755)),
    })),
  ],
  ["check always complains", STORED, broken(() => ({ check: () => Promise.reject(new Error("no")) }))],
  ["check never complains", EMPTY, broken(() => ({ check: async () => {} }))],
  [
    "a backup of nothing",
    BACKUP,
    broken((service) => ({
      backup: async (directory) => {
        const text = await read(valuesOf(service), "kept");
        await service.clear();
        await service.backup(directory);
        await write(valuesOf(service), "kept", text ?? "");
      },
    })),
  ],
  [
    "a backup that others can read",
    BACKUP,
    broken(({ backup }) => ({
      backup: (directory) => backup(directory).then(() => chmodSync(directory, 0o755)),
    })),
  ],
  [
    "a backup over another one",
    BACKUP,
    broken(({ backup }) => ({
      backup: (directory) => rm(directory, { recursive: true, force: true }).then(() => backup(directory)),
    })),
  ],
  [
    "a backup leaves something beside it",
    BACKUP,
    broken(({ backup }) => ({
      backup: (directory) => mkdir(`${directory}.tmp`, { recursive: true }).then(() => backup(directory)),
    })),
  ],
  [
    "a backup that nobody else can use",
    BACKUP,
    broken(({ restore }, place) => ({
      restore: (directory) =>
        directory.startsWith(place.data) ? restore(directory) : Promise.reject(new Error("not mine")),
    })),
  ],
  [
    "restore does nothing",
    BACKUP,
    broken(({ restore }) => ({
      restore: (directory) => (directory.endsWith("first") ? Promise.resolve() : restore(directory)),
    })),
  ],
  [
    "restore keeps what came later",
    BACKUP,
    broken((service) => ({
      restore: (directory) => service.restore(directory).then(() => write(valuesOf(service), "new", "later")),
    })),
  ],
  [
    "restore takes anything",
    BACKUP,
    broken(({ restore }) => ({ restore: (directory) => restore(directory).catch(() => {}) })),
  ],
  [
    "restore empties before it finds fault",
    BACKUP,
    broken(({ clear, restore }) => ({ restore: (directory) => clear().then(() => restore(directory)) })),
  ],
  ["clear leaves all", EMPTY, broken(() => ({ clear: async () => {} }))],
  ["clear removes what set up has made", EMPTY, broken(({ remove }) => ({ clear: remove }))],
  ["remove leaves all", EMPTY, broken(() => ({ remove: async () => {} }))],
  ["remove cannot be run twice", EMPTY, broken(({ remove }) => ({ remove: () => once().then(remove) }))],
  ["remove of what is somebody else's", ADDRESS, { connect: (_, place) => kind.open(place) }],
  [
    "an address that is not used",
    ADDRESS,
    { connect: (_, place) => kind.open({ ...place, directory: place.data }) },
  ],
  ["an address that nobody tries", ADDRESS, broken(() => ({ setUp: async () => {} }))],
  [
    "an address in an error",
    ADDRESS,
    {
      connect: (address, place) =>
        kind.connect(address, place).catch((error: AppError) => {
          throw new AppError({ code: error.code, message: `cannot use ${address}` });
        }),
    },
  ],
  [
    "one for all environments",
    "two environments",
    {
      open(place) {
        shared ??= place;
        return kind.open(shared);
      },
    },
  ],
  ["SQL files that always run", SQL_ONCE, brokenSql(() => ({ runFile: async () => "ran" }))],
  ["SQL files of which nobody knows", SQL_ONCE, brokenSql(() => ({ listDone: async () => [] }))],
  [
    "SQL files in another order",
    SQL_ONCE,
    brokenSql(({ listDone }) => ({ listDone: async () => (await listDone()).toReversed() })),
  ],
  [
    "SQL files that may change",
    SQL_ONCE,
    brokenSql(({ runFile }) => ({
      runFile: (file) =>
        runFile(file).catch((error: AppError) =>
          error.code === "sql_changed" ? "done" : Promise.reject(error),
        ),
    })),
  ],
  [
    "SQL files that stay by half",
    SQL_FAILS,
    brokenSql(({ runFile }) => ({
      runFile: (file) =>
        runFile(file).catch(async (error: unknown) => {
          await runFile({ name: "half", text: "INSERT INTO fruit VALUES ('pear')" });
          throw error;
        }),
    })),
  ],
  [
    "SQL files with another line",
    SQL_FAILS,
    brokenSql(({ runFile }) => ({
      runFile: (file) =>
        runFile(file).catch((error: AppError) => {
          throw new AppError({ code: error.code, message: error.message, details: { statementLine: 1 } });
        }),
    })),
  ],
];

/** Names of the tests that the suite fails, of those that begin so. */
async function listFailures(t: TestContext, subject: Subject, only: string): Promise<readonly string[]> {
  const failures: string[] = [];
  let count = 0;
  const suite = async (what: string, run: (t: TestContext) => Promise<void>) => {
    if (!what.startsWith(only) || what.startsWith("a full disk")) return;
    count++;
    isFirst = true;
    await run(t).catch(() => failures.push(what));
  };
  await testAll(subject, suite, makePlace);
  assert.ok(count > 0, `there is a test that begins with ${only}`);
  return failures;
}

test("a service that keeps its promises passes", async (t) => {
  assert.deepEqual(await listFailures(t, { ...SQLITE, kind }, ""), []);
});

for (const [what, found, changes] of BROKEN) {
  test(`the suite finds ${what}`, async (t) => {
    const failures = await listFailures(t, { ...SQLITE, kind: { ...kind, ...changes } }, found);
    assert.equal(failures.length, 1);
  });
}
