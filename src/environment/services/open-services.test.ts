import assert from "node:assert/strict";
import { EventEmitter, on } from "node:events";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { needServer } from "../../testing/needs.ts";
import { makePlace } from "../../testing/service-conformance.ts";
import { makeDirectory } from "../../testing/small-artifact.ts";
import { ensureDirectories, planDirectories } from "../directories/directories.ts";
import type { EnvironmentEvent } from "../events.ts";
import { listFormerServices } from "./former-services.ts";
import { openServices, type ServicesOptions } from "./open-services.ts";

async function makeOptions(t: TestContext): Promise<ServicesOptions> {
  const directories = planDirectories(await makeDirectory(t), "checkout");
  await ensureDirectories(directories);
  const startServer = () => Promise.reject(new Error("no service of these has a server"));
  return { ...{ directories, startServer, application: "shop", signal: undefined, given: {}, env: {} } };
}

test("each service has a directory of its own and gives its variables", async (t) => {
  const options = await makeOptions(t);
  const services = {
    database: { type: "sqlite" },
    uploads: { type: "files", env: "UPLOADS" },
    media: { type: "public_files" },
  };
  const opened = await openServices({ services }, options);
  const own = options.directories.services;
  assert.deepEqual(opened.variables, {
    DATABASE_URL: `sqlite:///${own}/database/database.sqlite`,
    DATABASE_PATH: `${own}/database/database.sqlite`,
    UPLOADS: `${own}/uploads/files`,
    MEDIA_DIRECTORY: `${own}/media/files`,
    MEDIA_URL: "/media/",
  });
  assert.deepEqual([...opened.secrets], []);
  assert.deepEqual(Object.keys(opened.services), ["database", "uploads", "media"]);
  await opened.services["uploads"]?.check();
  await opened.close();
});

test("an address that is given is used, and nothing is made", async (t) => {
  const options = await makeOptions(t);
  const services = { database: { type: "sqlite", env: "DB" }, uploads: { type: "files" } };
  const { base, data, services: own } = options.directories;
  const given = { DB: "sqlite:///shop.sqlite", UPLOADS_DIRECTORY: base };
  const { variables, close } = await openServices({ services }, { ...options, given });
  assert.deepEqual(variables, {
    DB: "sqlite:///shop.sqlite",
    DATABASE_PATH: join(data, "shop.sqlite"),
    UPLOADS_DIRECTORY: base,
  });
  assert.ok(!existsSync(join(own, "uploads/files")));
  await close();
});

test("data of a service that has another name or type now stay, are told, and are there again when it comes back", async (t) => {
  const options = await makeOptions(t);
  const before = { database: { type: "sqlite" }, uploads: { type: "public_files" } };
  const first = await openServices({ services: before }, options);
  writeFileSync(join(first.variables["UPLOADS_DIRECTORY"] ?? "", "kept"), "1");
  await first.close();
  const own = options.directories.services;
  assert.deepEqual(await listFormerServices(own, before), []);
  const after = { database: { type: "files" }, media: { type: "public_files" } };
  await (await openServices({ services: after }, options)).close();
  assert.deepEqual(await listFormerServices(own, after), [
    { name: "database", type: "sqlite", path: join(own, "database/database.sqlite") },
    { name: "uploads", type: "files", path: join(own, "uploads/files") },
  ]);
  const again = await openServices({ services: before }, options);
  assert.ok(existsSync(join(again.variables["UPLOADS_DIRECTORY"] ?? "", "kept")));
  await again.close();
});

test("where somebody has named a service is said when it does not answer", async (t) => {
  const options = await makeOptions(t);
  const services = {
    database: { type: "postgres", env: { SERVER: "host", PORT: "port", USER: "user", DB: "name" } },
  };
  const given = { SERVER: "127.0.0.1", PORT: "1", USER: "ada", DB: "shop" };
  await assert.rejects(openServices({ services }, { ...options, given }), {
    code: "service_unreachable",
    message: "cannot reach database at 127.0.0.1:1: connect ECONNREFUSED 127.0.0.1:1",
    hint: "SERVER names it: check that it runs, its address, account and password. Where SERVER is not set, an own one is used.",
  });
});

test("one that cannot be opened is the error, whatever the others do", async (t) => {
  const options = await makeOptions(t);
  const services = { database: { type: "sqlite" }, uploads: { type: "files" } };
  const file = join(options.directories.base, "file");
  writeFileSync(file, "");
  await assert.rejects(openServices({ services }, { ...options, given: { UPLOADS_DIRECTORY: file } }), {
    code: "service_unreachable",
    message: `cannot reach uploads at ${file}: it is no directory`,
  });
  await assert.rejects(openServices({ services: { database: { type: "postgers" } } }, options), {
    code: "service_not_found",
    message: "cannot supply a service of type postgers: there is no such type",
  });
});

test("variables with passwords are named, and what was started ends when another cannot be opened", async (t) => {
  if (!(await needServer(t, "redis-server"))) return;
  const options = await makeOptions(t);
  const { startServer, servers, env } = await makePlace(t);
  const services = { cache: { type: "redis", env: "REDIS" }, uploads: { type: "files" } };
  const opened = await openServices({ services }, { ...options, env, startServer });
  assert.deepEqual([...opened.secrets].toSorted(), ["CACHE_PASSWORD", "REDIS"]);
  assert.match(opened.variables["REDIS"] ?? "", /^redis:\/\/:[0-9a-f]{64}@127\.0\.0\.1:\d+\/0$/);
  await opened.close();
  // The same server, for an application that can be told no password.
  const planned = { type: "redis", env: { CACHE: "host", CACHE_PORT: "port" }, password: "none" } as const;
  const open = await openServices({ services: { cache: planned } }, { ...options, env, startServer });
  const address = { CACHE: open.variables["CACHE"] ?? "", CACHE_PORT: open.variables["CACHE_PORT"] ?? "" };
  assert.deepEqual([Object.keys(open.variables), [...open.secrets]], [["CACHE", "CACHE_PORT"], []]);
  const named = { services: { other: planned } };
  await (await openServices(named, { ...options, env, startServer, given: address })).close();
  await open.close();
  const given = { UPLOADS_DIRECTORY: "/nowhere" };
  await assert.rejects(openServices({ services }, { ...options, env, startServer, given }), {
    code: "service_unreachable",
  });
  for (const { ended } of servers) await ended; // or this test does not end
});

test("a server that ends unasked is told, and that it is there again", async (t) => {
  if (!(await needServer(t, "redis-server"))) return;
  const options = await makeOptions(t);
  const { startServer, servers, env } = await makePlace(t);
  const events = new EventEmitter<{ event: [EnvironmentEvent] }>();
  const onEvent = (event: EnvironmentEvent) => events.emit("event", event);
  const services = { cache: { type: "redis" } };
  const opened = await openServices({ services }, { ...options, env, startServer, onEvent });
  const told = on(events, "event");
  const guard = servers.at(-1)?.pid ?? 0;
  const server = readFileSync(`/proc/${guard}/task/${guard}/children`, "utf8").trim();
  process.kill(Number(server), "SIGKILL");
  const [ended, ready] = [await told.next(), await told.next()];
  assert.deepEqual(
    [ended.value, ready.value],
    [
      [{ kind: "service-ended", name: "cache", type: "redis", status: undefined, signal: "SIGKILL" }],
      [{ kind: "service-ready", name: "cache", type: "redis" }],
    ],
  );
  await opened.services["cache"]?.check();
  await opened.close();
});
