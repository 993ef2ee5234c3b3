import { randomBytes } from "node:crypto";
import { open, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { checkBackup, refuseBackup, writeBackup } from "../backup.ts";
import { type RedisClient, RedisError } from "./client.ts";
import type { Reply } from "./reply.ts";

const FILE = "keys.jsonl";

/** A line of the file. The last line has their number alone. */
interface StoredKey {
  readonly database: number;
  /** Base64, both: keys are bytes. The value is what DUMP gives, with a checksum of its own. */
  readonly key: string;
  readonly value: string;
  /** Unix time in ms; 0: never. */
  readonly expiresAtMs: number;
}

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

export async function backupRedis(
  directory: string,
  client: RedisClient,
  databases: readonly number[],
): Promise<void> {
  const reply = await client.run("EVAL", READ_ALL, "0", ...databases.map(String));
  await writeBackup(directory, "redis", (staged) => writeFile(join(staged, FILE), renderKeys(reply)));
}

function* renderKeys(reply: Reply): Generator<string> {
  if (!Array.isArray(reply)) throw new Error("a script that returns a table");
  const [now, ...found]: readonly Reply[] = reply;
  for (let at = 0; at < found.length; at += 4) {
    const [database, key, ttl, value] = found.slice(at, at + 4);
    if (!Buffer.isBuffer(key) || !Buffer.isBuffer(value)) throw new Error("keys and values are bytes");
    const stored: StoredKey = {
      ...{ database: Number(database), key: key.toString("base64"), value: value.toString("base64") },
      expiresAtMs: Number(ttl) > 0 ? Number(now) + Number(ttl) : 0,
    };
    yield `${JSON.stringify(stored)}\n`;
  }
  yield `${JSON.stringify(found.length / 4)}\n`;
}

/**
 * Replaces what is in the databases of the backup, or in `only`. Values are tried first: a transaction of Redis goes on
 * after an error.
 */
export async function restoreRedis(
  directory: string,
  client: RedisClient,
  only: number | undefined,
): Promise<void> {
  await checkBackup(directory, "redis");
  const keys = await readKeys(directory);
  const databases = new Set(keys.map(({ database }) => database));
  if (only !== undefined && databases.size > 1)
    throw refuseBackup(directory, "it is of several databases, and the address names one");
  await tryValues(directory, keys, client);
  const replies = [client.run("MULTI"), only === undefined ? client.run("FLUSHALL") : client.run("FLUSHDB")];
  for (const { database, key, value, expiresAtMs } of keys) {
    if (only === undefined) replies.push(client.run("SELECT", String(database)));
    const [name, bytes] = [Buffer.from(key, "base64"), Buffer.from(value, "base64")];
    replies.push(client.run("RESTORE", name, String(expiresAtMs), bytes, "ABSTTL"));
  }
  replies.push(client.run("EXEC"));
  for (const result of await Promise.allSettled(replies))
    if (result.status === "rejected") throw result.reason;
}

async function tryValues(directory: string, keys: readonly StoredKey[], client: RedisClient): Promise<void> {
  const name = `holdall:restore:${randomBytes(8).toString("hex")}`;
  for (const { key, value } of keys) {
    const replies = [client.run("MULTI"), client.run("RESTORE", name, "0", Buffer.from(value, "base64"))];
    replies.push(client.run("DEL", name), client.run("EXEC"));
    const results = await Promise.allSettled(replies);
    const refused = results.find((result) => result.status === "rejected");
    if (refused !== undefined) throw refused.reason; // out of memory, or no connection
    const last = results.at(-1);
    const [answer] = last?.status === "fulfilled" && Array.isArray(last.value) ? last.value : [];
    if (answer instanceof Error)
      throw refuseBackup(
        directory,
        `the value of ${Buffer.from(key, "base64")}: ${answer.message}`,
        new RedisError(answer.message),
      );
  }
}

async function readKeys(directory: string): Promise<readonly StoredKey[]> {
  const keys: StoredKey[] = [];
  let count: unknown;
  const file = await open(join(directory, FILE)).catch((error: Error) => {
    throw refuseBackup(directory, error.message, error);
  });
  for await (const line of file.readLines()) {
    const parsed = parseLine(line);
    if (parsed === undefined || count !== undefined)
      throw refuseBackup(directory, `line ${keys.length + 1} is damaged`);
    if (typeof parsed === "number") count = parsed;
    else keys.push(parsed);
  }
  if (count !== keys.length) throw refuseBackup(directory, "it ends early");
  return keys;
}

function parseLine(line: string): StoredKey | number | undefined {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return undefined; // not JSON
  }
  if (typeof value === "number") return value;
  if (typeof value !== "object" || value === null) return undefined;
  const { database, key, value: bytes, expiresAtMs }: Partial<Record<string, unknown>> = { ...value };
  if (typeof key !== "string" || typeof bytes !== "string") return undefined;
  if (!Number.isSafeInteger(database) || !Number.isSafeInteger(expiresAtMs)) return undefined;
  return { database: Number(database), key, value: bytes, expiresAtMs: Number(expiresAtMs) };
}
