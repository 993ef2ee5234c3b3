import assert from "node:assert/strict";
import { appendFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { needServer } from "../../testing/needs.ts";
import { makePlace, valuesOf } from "../../testing/service-conformance.ts";
import { connectRedis } from "./client.ts";
import { parseRedisAddress } from "./parse-address.ts";
import { redisService } from "./service.ts";

test("a backup has all databases, bytes that are no text, and when keys expire", async (t) => {
  if (!(await needServer(t, "redis-server"))) return;
  const place = await makePlace(t);
  const service = await redisService.open(place);
  await service.setUp();
  const client = await connectRedis(parseRedisAddress(valuesOf(service)["_URL"] ?? "", place));
  t.after(() => client.close());
  const bytes = Buffer.from([0, 255, 10, 13]);
  const later = String(Date.now() + 10_000_000);
  await client.run("SET", bytes, bytes, "PXAT", later);
  await client.run("RPUSH", "list", "a", "b");
  await client.run("SELECT", "5");
  await client.run("SET", "elsewhere", "1");
  await service.backup(join(place.data, "backup"));
  await client.run("SET", "new", "1");
  await service.restore(join(place.data, "backup"));
  assert.equal(await client.run("DBSIZE"), 1);
  assert.deepEqual(await client.run("GET", "elsewhere"), Buffer.from("1"));
  await client.run("SELECT", "0");
  assert.deepEqual(await client.run("GET", bytes), bytes);
  // A server tells how long a key stays, and what time it is just before.
  const shiftMs = Number(await client.run("PEXPIRETIME", bytes)) - Number(later);
  assert.ok(Math.abs(shiftMs) < 1000, `${shiftMs} ms`);
  assert.equal(await client.run("PTTL", "list"), -1);
  // One of its databases, given by an address, cannot take two.
  const given = await redisService.connect(valuesOf(service)["_URL"] ?? "", place);
  await assert.rejects(given.restore(join(place.data, "backup")), { code: "backup_invalid" });
  await service.close();
});

test("a server whose memory is used up is full", async (t) => {
  if (!(await needServer(t, "redis-server"))) return;
  const place = await makePlace(t);
  await (await redisService.open(place)).close();
  appendFileSync(
    join(place.directory, "redis/home/redis.conf"),
    "maxmemory 100kb\nmaxmemory-policy noeviction\n",
  );
  const service = await redisService.open(place);
  await assert.rejects(service.setUp(), {
    code: "service_full",
    message: "cannot store anything in database: its 102400 bytes of memory are used",
  });
  await service.close();
});
