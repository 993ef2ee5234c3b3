import { randomBytes } from "node:crypto";
import { closeSync, openSync, writeSync } from "node:fs";
import { join } from "node:path";
import { AppError } from "../../errors/app-error.ts";
import { checkBackup, refuseBackup, writeBackup } from "../backup.ts";
import type { ServicePlace } from "../service.ts";
import { type Argument, type RedisClient, RedisError } from "./client.ts";
import type { Reply } from "./reply.ts";
import { FILE, MAX_VALUE_BYTES, readKeys, type StoredKey } from "./stored-keys.ts";

/** The server does nothing else meanwhile, so it is one moment, over all databases. */
const READ_ALL = `
local now = redis.call('TIME')
local found = { now[1] * 1000 + math.floor(now[2] / 1000) }
for _, database in ipairs(ARGV) do
  redis.call('SELECT', database)
  for _, key in ipairs(redis.call('KEYS', '*')) do
    for _, each in ipairs({ database, key, redis.call('PTTL', key), redis.call('DUMP', key) }) do
      table.insert(found, each)
    end
  end
end
return found`;

/** Keys go to the file as they come: holdall never has more than one of them in memory. */
export async function backupRedis(
  directory: string,
  client: RedisClient,
  { databases, place }: { readonly databases: readonly number[]; readonly place: ServicePlace },
): Promise<void> {
  await writeBackup(directory, "redis", async (staged) => {
    const file = openSync(join(staged, FILE), "wx", 0o600);
    try {
      const write = planKeys(place, (line) => writeSync(file, line)); // nothing is read before it is written
      await client.runEach(["EVAL", READ_ALL, "0", ...databases.map(String)], write.take);
      write.end();
    } finally {
      closeSync(file);
    }
  });
}

/** Takes what READ_ALL returns, one by one, and gives lines. */
function planKeys(place: ServicePlace, give: (line: string) => void) {
  let now: number | undefined;
  let count = 0;
  let parts: Reply[] = [];
  return {
    take(item: Reply) {
      if (now === undefined) {
        now = Number(item);
        return;
      }
      parts.push(item);
      if (parts.length < 4) return;
      give(`${JSON.stringify(storeKey(parts, now, place))}\n`);
      count++;
      parts = [];
    },
    end: () => give(`${count}\n`),
  };
}

function storeKey(
  [database, key, ttl, value]: readonly Reply[],
  now: number,
  place: ServicePlace,
): StoredKey {
  if (!Buffer.isBuffer(key) || !Buffer.isBuffer(value)) throw new Error("keys and values are bytes");
  if (value.length > MAX_VALUE_BYTES) {
    throw new AppError({
      code: "service_failed",
      message: `cannot back up ${place.name}: the value of ${key} has ${value.length} bytes, ${MAX_VALUE_BYTES} are allowed`,
      hint: "Make several keys of it.",
      details: { service: place.name, key: String(key) },
    });
  }
  return {
    ...{ database: Number(database), key: key.toString("base64"), value: value.toString("base64") },
    expiresAtMs: Number(ttl) > 0 ? now + Number(ttl) : 0,
  };
}

/**
 * Replaces what is in the databases of the backup, or in `only`. Values are tried first: a transaction of Redis goes on
 * after an error. The file is read twice, so that one key at a time is in memory here; the server has all of the
 * transaction in its own.
 */
export async function restoreRedis(
  directory: string,
  client: RedisClient,
  only: number | undefined,
): Promise<void> {
  await checkBackup(directory, "redis");
  await tryKeys(directory, client, only);
  const pipeline = openPipeline(client);
  await pipeline.send(["MULTI"]);
  await pipeline.send([only === undefined ? "FLUSHALL" : "FLUSHDB"]);
  for await (const { database, key, value, expiresAtMs } of readKeys(directory)) {
    if (only === undefined) await pipeline.send(["SELECT", String(database)]);
    const [name, bytes] = [Buffer.from(key, "base64"), Buffer.from(value, "base64")];
    await pipeline.send(["RESTORE", name, String(expiresAtMs), bytes, "ABSTTL"]);
  }
  await pipeline.end(["EXEC"]);
}

/** Without a trace: the key is there for nobody else. */
const TRY = `
local answer = redis.pcall('RESTORE', KEYS[1], 0, ARGV[1])
redis.call('DEL', KEYS[1])
return answer`;

/** @throws AppError `backup_invalid` when the server does not take a value, or the file is not whole. */
async function tryKeys(directory: string, client: RedisClient, only: number | undefined): Promise<void> {
  const name = `holdall:restore:${randomBytes(8).toString("hex")}`;
  const databases = new Set<number>();
  const pipeline = openPipeline(client);
  for await (const { database, key, value } of readKeys(directory)) {
    databases.add(database);
    if (only !== undefined && databases.size > 1)
      throw refuseBackup(directory, "it is of several databases, and the address names one");
    await pipeline.send(["EVAL", TRY, "1", name, Buffer.from(value, "base64")], (error) => {
      const isOfValue = error instanceof RedisError && !/^(?:OOM|MISCONF)\b/.test(error.message);
      const reason = `the value of ${Buffer.from(key, "base64")}: ${error.message}`;
      return isOfValue ? refuseBackup(directory, reason, error) : error;
    });
  }
  await pipeline.end(["PING"]);
}

/** Commands whose answers are not waited for one by one. What is refused first is thrown by the next one, or by the last. */
function openPipeline(client: RedisClient) {
  let failure: unknown;
  const keep = (error: unknown) => {
    failure ??= error;
  };
  return {
    async send(words: readonly Argument[], explain = (error: Error): Error => error) {
      client.run(...words).catch((error: Error) => keep(explain(error)));
      await client.drained();
      if (failure !== undefined) throw failure; // with its connection, a transaction ends
    },
    async end(words: readonly Argument[]) {
      await client.runEach(words, (reply) => void (reply instanceof Error && keep(reply))).catch(keep);
      if (failure !== undefined) throw failure;
    },
  };
}
