import assert from "node:assert/strict";
import { existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { needServer } from "../../testing/needs.ts";
import { makePlace } from "../../testing/service-conformance.ts";
import { redisService } from "../redis/service.ts";
import type { ServerEvent } from "../service.ts";
import { accountName, derivePassword } from "./account.ts";

// What is the same for all servers is tried with Redis, which starts in no time.

test("names of accounts need no quotes, and two applications never have one", () => {
  const names = [
    "shop",
    "my-shop",
    "my.shop",
    "my_shop",
    "My-Shop",
    "1shop",
    "",
    "ünïcode",
    "x".repeat(40),
    "x".repeat(41),
  ];
  const accounts = names.map(accountName);
  for (const account of accounts) assert.match(account, /^[a-z][a-z0-9_]{0,31}$/);
  assert.equal(new Set(accounts).size, names.length);
  assert.equal(accounts[0], "shop");
  assert.equal(accounts[3], "my_shop");
});

test("an application's password tells neither the administrator's nor another's", () => {
  const [one, other] = ["a", "b"].map((application) => derivePassword("0".repeat(64), application));
  assert.match(one ?? "", /^[0-9a-f]{64}$/);
  assert.notEqual(one, other);
});

test("a server that dies at start is an error with its last lines", async (t) => {
  if (!(await needServer(t, "redis-server"))) return;
  const place = await makePlace(t);
  await (await redisService.open(place)).close();
  writeFileSync(join(place.directory, "redis/home/redis.conf"), "no-such-directive yes\n");
  await assert.rejects(redisService.open(place), {
    code: "service_failed",
    message: "cannot start redis for database: its program ended with an error",
    excerpt: /no-such-directive/,
  });
});

test("programs that are not there are named, with what to install or set", async (t) => {
  const place = await makePlace(t, { env: { PATH: "/nowhere" } });
  await assert.rejects(redisService.open(place), {
    code: "service_missing",
    message: "cannot start Redis for database: there is no redis-server on this machine",
    hint: "Install it (`apt-get install redis-server`), or set the address of a server, like redis://:password@localhost:6379/0.",
  });
});

test("half a server is removed and made anew", async (t) => {
  if (!(await needServer(t, "redis-server"))) return;
  const place = await makePlace(t);
  const half = join(place.directory, "new-999999999-abcd"); // of no process: beyond the greatest id
  mkdirSync(join(half, "home"), { recursive: true });
  const service = await redisService.open(place);
  await service.setUp();
  assert.ok(!existsSync(half));
  assert.deepEqual(readdirSync(place.directory).toSorted(), ["redis", "redis.json", "redis.lock"]);
  await service.close();
  assert.ok(!existsSync(join(place.directory, "redis.json")));
});

test("two that open one environment at the same time have one server", async (t) => {
  if (!(await needServer(t, "redis-server"))) return;
  const place = await makePlace(t);
  const both = await Promise.all([redisService.open(place), redisService.open(place)]);
  const ports = both.map(({ values }) => values["_PORT"]?.value);
  assert.equal(ports[0], ports[1]);
  for (const service of both) await service.setUp();
  for (const service of both) await service.close();
});

test("when it is aborted, nothing is left running", async (t) => {
  if (!(await needServer(t, "redis-server"))) return;
  const controller = new AbortController();
  const place = await makePlace(t, { signal: controller.signal });
  const { startServer } = place;
  const reason = new Error("enough");
  const abort: typeof startServer = async (options) => {
    controller.abort(reason);
    return startServer(options);
  };
  await assert.rejects(redisService.open({ ...place, startServer: abort }), reason);
  for (const { ended } of place.servers) await ended;
  rmSync(place.directory, { recursive: true });
});

test("when it is closed while it starts again, nothing is left running", async (t) => {
  if (!(await needServer(t, "redis-server"))) return;
  for (const wanted of ["ended", "started"] as const) {
    const told = Promise.withResolvers<void>();
    const onServer = ({ kind }: ServerEvent) => {
      if (kind === wanted) told.resolve();
    };
    const place = { ...(await makePlace(t)), onServer };
    const service = await redisService.open(place);
    place.servers.at(-1)?.kill("SIGUSR1"); // which ends Redis
    await told.promise;
    await service.close();
    for (const { ended } of place.servers) await ended; // or this test does not end
  }
});
