import assert from "node:assert/strict";
import { readdirSync, readFileSync, statSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { DATABASE_TYPES } from "../description/description.ts";
import { SERVICE_PARTS } from "../description/parse/services.ts";
import { AppError } from "../errors/app-error.ts";
import type { OpenService, ServiceKind, ServicePlace } from "../services/service.ts";
import { type GuardedProcess, startGuarded } from "../system/guarded-process.ts";
import { needServer } from "./needs.ts";
import { testFull, testServer } from "./server-conformance.ts";
import { makeDirectory } from "./small-artifact.ts";
import { testSqlFiles } from "./sql-conformance.ts";

/** What the suite cannot know of a kind: how an application uses it, by a client that is not ours where there is one. */
export interface Subject {
  readonly kind: ServiceKind;
  /** Without it the suite is left out. */
  readonly server?: string;
  /** Most tests are applications side by side on one server, which takes long to make. */
  readonly isShared?: boolean;
  /** Keeps a text under a name, with nothing but the values that the application gets. */
  write(values: Values, name: string, text: string): Promise<void>;
  read(values: Values, name: string): Promise<string | undefined>;
  /** Addresses that it refuses, none of which may be quoted: SECRET is in each. */
  readonly wrongAddresses: readonly string[];
  /** An address of the right form where nothing answers. */
  nowhere(directory: string): string;
  /** What an application tries with its own values, and with the names of another one on the same server. */
  readonly forbidden?: readonly ((own: Values, other: Values) => Promise<unknown>)[];
  /** Of a database: what only its own client understands, at the beginning of a statement, and what is said of it. */
  readonly notSql?: readonly (readonly [statement: string, reason: string])[];
  /** Makes a backup one that the service itself must find fault with, halfway if it can. */
  spoil(backup: string): void;
}

export type Values = Readonly<Record<string, string>>;

/** A place of an environment of its own, and the servers that were started for it. */
export interface TestPlace extends ServicePlace {
  readonly servers: GuardedProcess[];
}

export async function makePlace(t: TestContext, more: Partial<ServicePlace> = {}): Promise<TestPlace> {
  const base = await makeDirectory(t);
  const directory = join(base, "service");
  await mkdir(directory, { mode: 0o700 });
  const place = { ...startPlace(directory), data: base, ...more };
  t.after(() => Promise.all(place.servers.map((server) => server.stop())));
  return place;
}

/** One whose directory is there already; its servers end with this program. */
export function startPlace(directory: string): TestPlace {
  const servers: GuardedProcess[] = [];
  return {
    ...{ name: "database", application: "shop", directory, data: directory, signal: undefined, servers },
    env: { PATH: process.env["PATH"] },
    async startServer(options) {
      const server = await startGuarded({ python: "/usr/bin/python3", ...options });
      servers.push(server);
      return server;
    },
  };
}

export function valuesOf({ values }: OpenService): Values {
  return Object.fromEntries(Object.entries(values).map(([end, { value }]) => [end, value]));
}

/** Whether an application can still do all that it could. */
export async function checkUsable({ write, read }: Subject, service: OpenService): Promise<void> {
  await service.check();
  await write(valuesOf(service), "usable", "yes");
  assert.equal(await read(valuesOf(service), "usable"), "yes");
}

const PARTS: Readonly<Record<string, readonly string[]>> = SERVICE_PARTS;

/** One suite that every kind of service passes. */
export function testConformance(subject: Subject): void {
  test(subject.kind.name, async (t) => {
    const { kind, server, isShared = false } = subject;
    const suite: Suite = (what, run) => t.test(what, run);
    if (server !== undefined && !(await needServer(t, server))) return;
    if (!isShared) return testAll(subject, suite, makePlace);
    const { directory } = await makePlace(t);
    const keeper = await kind.open(await makePlace(t, { directory }));
    let applications = 0;
    await testAll(subject, suite, (inner) =>
      makePlace(inner, { directory, application: `shop_${++applications}` }),
    );
    await keeper.close();
  });
}

export type Suite = (what: string, run: (t: TestContext) => Promise<void>) => Promise<void>;
export type MakePlace = (t: TestContext) => Promise<TestPlace>;

/** All of it, one after the other. */
export async function testAll(subject: Subject, suite: Suite, makeShared: MakePlace): Promise<void> {
  await testKeeping(subject, suite, makeShared);
  await testAddresses(subject, suite, makeShared);
  await testFull(subject, suite);
  if (subject.server !== undefined) await testServer(subject, suite, makeShared);
  if (DATABASE_TYPES.includes(subject.kind.name)) await testSqlFiles(subject, suite, makeShared);
}

async function testKeeping(subject: Subject, suite: Suite, makeShared: MakePlace): Promise<void> {
  const { kind, write, read } = subject;

  await suite("set up twice is set up once, what is stored stays over a restart, and nobody else can read it", async (t) => {
    const place = await makePlace(t);
    const first = await kind.open(place);
    await first.setUp();
    assert.ok(Object.hasOwn(first.values, kind.mainVariable));
    const parts = Object.keys(first.values).map((end) => end.slice(1).toLowerCase());
    assert.deepEqual(parts.toSorted(), (PARTS[kind.name] ?? []).toSorted());
    await write(valuesOf(first), "greeting", "hello ✓");
    await first.setUp();
    await checkUsable(subject, first);
    checkPrivate(place, first);
    await first.close();
    await first.close();
    const second = await kind.open(place);
    await second.setUp();
    assert.equal(await read(valuesOf(second), "greeting"), "hello ✓");
    await second.close();
  });

  await suite("a backup brings back what was there, all of it, here and elsewhere, and a bad one changes nothing", async (t) => {
    const place = await makeShared(t);
    const service = await kind.open(place);
    await service.setUp();
    const values = valuesOf(service);
    await write(values, "kept", "before");
    const backup = join(place.data, "backups", "first");
    await service.backup(backup);
    assert.equal(statSync(backup).mode & 0o077, 0);
    await assert.rejects(service.backup(backup), { code: "file_exists" });
    assert.deepEqual(readdirSync(join(place.data, "backups")), ["first"]);
    await write(values, "kept", "after");
    await write(values, "new", "later");

    const spoilt = join(place.data, "backups", "spoilt");
    await service.backup(spoilt);
    subject.spoil(spoilt);
    for (const bad of [spoilt, join(place.data, "backups")]) {
      await assert.rejects(service.restore(bad), { code: "backup_invalid" });
      assert.deepEqual([await read(values, "kept"), await read(values, "new")], ["after", "later"]);
    }
    await service.restore(backup);
    assert.deepEqual([await read(values, "kept"), await read(values, "new")], ["before", undefined]);
    await checkUsable(subject, service);
    const other = await kind.open(await makeShared(t));
    await other.setUp();
    await other.restore(backup);
    assert.equal(await read(valuesOf(other), "kept"), "before");
    await checkUsable(subject, other);
    await other.close();
    await service.close();
  });

  await suite("clear leaves it empty and usable, remove leaves nothing, and set up makes it again", async (t) => {
    const service = await kind.open(await makeShared(t));
    await service.setUp();
    await write(valuesOf(service), "a", "1");
    await service.clear();
    assert.equal(await read(valuesOf(service), "a"), undefined);
    await checkUsable(subject, service);
    await service.remove();
    await service.remove();
    await assert.rejects(write(valuesOf(service), "a", "2"));
    await assert.rejects(service.check(), { code: "service_unreachable" });
    await service.setUp();
    assert.equal(await read(valuesOf(service), "usable"), undefined);
    await checkUsable(subject, service);
    await service.close();
  });
}

async function testAddresses(subject: Subject, suite: Suite, makeShared: MakePlace): Promise<void> {
  const { kind, write, read } = subject;

  await suite("an address of it can be given; a wrong one is refused without being quoted", async (t) => {
    const place = await makeShared(t);
    const own = await kind.open(place);
    await own.setUp();
    const address = valuesOf(own)[kind.mainVariable] ?? "";
    const given = await kind.connect(address, place);
    await given.setUp();
    assert.equal(valuesOf(given)[kind.mainVariable], address);
    await write(valuesOf(given), "through", "the other");
    assert.equal(await read(valuesOf(own), "through"), "the other");
    await given.remove();
    await given.close();
    await checkUsable(subject, own);
    for (const wrong of subject.wrongAddresses) {
      await assert.rejects(kind.connect(wrong, place), (error) => {
        assert.ok(error instanceof AppError, String(error));
        assert.equal(error.code, "service_address_wrong", wrong);
        assert.doesNotMatch(JSON.stringify([error, error.message, error.hint]), /SECRET/);
        return true;
      });
    }
    const connectNowhere = async () => (await kind.connect(subject.nowhere(place.data), place)).setUp();
    await assert.rejects(connectNowhere(), { code: "service_unreachable" });
    await own.close();
  });

  await suite("two environments do not see each other", async (t) => {
    const services = await Promise.all(
      ["a", "b"].map(async (text) => {
        const service = await kind.open(await makePlace(t));
        await service.setUp();
        await write(valuesOf(service), "mine", text);
        return service;
      }),
    );
    const found = await Promise.all(services.map((service) => read(valuesOf(service), "mine")));
    assert.deepEqual(found, ["a", "b"]);
    await Promise.all(services.map((service) => service.close()));
  });
}

/** Nothing below the place can be read by others, and no command line of a living process has a secret. */
function checkPrivate({ directory }: ServicePlace, service: OpenService): void {
  assert.equal(statSync(directory).mode & 0o077, 0);
  const secrets = Object.values(service.values)
    .filter(({ isSecret }) => isSecret)
    .map(({ value }) => /:([^:@/]+)@/.exec(value)?.[1] ?? value);
  const lines = readdirSync("/proc").flatMap((pid) => {
    try {
      return /^\d+$/.test(pid) ? [readFileSync(`/proc/${pid}/cmdline`, "utf8")] : [];
    } catch {
      return []; // it has ended
    }
  });
  for (const secret of secrets) assert.ok(!lines.some((line) => line.includes(secret)));
}
