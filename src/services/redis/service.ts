import { AppError } from "../../errors/app-error.ts";
import { errnoOf } from "../../system/file-errors.ts";
import { derivePassword } from "../own-server/account.ts";
import { openServer } from "../own-server/own-server.ts";
import { whereOf } from "../parse-database-url.ts";
import type { OpenService, ServiceKind, ServicePlace } from "../service.ts";
import { checkSpace, full, unreachable } from "../service-errors.ts";
import { backupRedis, restoreRedis } from "./backup.ts";
import { connectRedis, type RedisAddress, type RedisClient, RedisError } from "./client.ts";
import { parseRedisAddress } from "./parse-address.ts";
import { administrator, findRedis, planAccount, REMOVED_ACCOUNT } from "./server.ts";

export const redisService: ServiceKind = {
  name: "redis",
  help: "A Redis server, or one database of it.",
  mainVariable: "_URL",
  keeps: "redis",
  scheme: "redis",
  async open(place) {
    const { port, secret, home, close } = await openServer(await findRedis(place), place);
    const password = place.isOpenToAll ? undefined : derivePassword(secret, place.application);
    const address = { host: "127.0.0.1", port, user: undefined, password, database: 0, isTls: false };
    const opened = openAddress(address, { place, ownsAll: true });
    const check = async () => {
      await opened.check();
      await checkSpace(place, home);
    };
    const asAdministrator = (...commands: readonly (readonly string[])[]) =>
      withRedis(administrator(port, secret), async (client) => {
        for (const command of commands) await client.run(...command);
      });
    return {
      ...opened,
      async setUp() {
        await asAdministrator(...planAccount(password));
        await check();
      },
      check,
      remove: () => asAdministrator(...REMOVED_ACCOUNT, ["FLUSHALL"]),
      close,
    };
  },
  async connect(address, place) {
    const opened = openAddress(parseRedisAddress(address, place), { place, ownsAll: false });
    return { ...opened, values: { ...opened.values, _URL: { value: address, isSecret: true } } };
  },
};

/** With `ownsAll`, every database of the server is the application's. */
function openAddress(
  address: RedisAddress,
  { place, ownsAll }: { readonly place: ServicePlace; readonly ownsAll: boolean },
): OpenService {
  const { host, port, password, database } = address;
  const where = whereOf(address);
  const use = async <Result>(run: (client: RedisClient) => Promise<Result>) => {
    try {
      return await withRedis(address, run);
    } catch (error) {
      throw error instanceof AppError ? error : explain(error, where, place);
    }
  };
  const check = () =>
    use(async (client) => {
      const memory = await readSection(client, "memory");
      const limit = Number(memory["maxmemory"] ?? 0);
      if (limit > 0 && memory["maxmemory_policy"] === "noeviction" && Number(memory["used_memory"]) >= limit)
        throw full(place, `its ${limit} bytes of memory are used`, "Raise its maxmemory, or remove keys.");
      if ((await readSection(client, "persistence"))["aof_last_write_status"] === "err")
        throw full(place, "it cannot write to its disk", "Make room on the disk of the server.");
    });
  const plain = (value: string) => ({ value, isSecret: false });
  return {
    values: {
      _URL: { value: `redis://${password ? `:${password}@` : ""}${where}/${database}`, isSecret: true },
      ...{ _HOST: plain(host), _PORT: plain(String(port)) },
      _PASSWORD: { value: password ?? "", isSecret: true },
    },
    setUp: check,
    check,
    backup: (directory) =>
      use(async (client) => {
        const databases = ownsAll ? await listDatabases(client) : [database];
        await backupRedis(directory, client, { databases, place });
      }),
    restore: (directory) => use((client) => restoreRedis(directory, client, ownsAll ? undefined : database)),
    clear: () => use(async (client) => void (await client.run(ownsAll ? "FLUSHALL" : "FLUSHDB"))),
    remove: async () => {},
    close: async () => {},
  };
}

async function withRedis<Result>(
  address: RedisAddress,
  run: (client: RedisClient) => Promise<Result>,
): Promise<Result> {
  const client = await connectRedis(address);
  try {
    return await run(client);
  } finally {
    client.close();
  }
}

async function listDatabases(client: RedisClient): Promise<readonly number[]> {
  const names = Object.keys(await readSection(client, "keyspace"));
  return names.filter((name) => /^db\d+$/.test(name)).map((name) => Number(name.slice(2)));
}

/** Of INFO. */
async function readSection(client: RedisClient, section: string): Promise<Readonly<Record<string, string>>> {
  const lines = String(await client.run("INFO", section)).split("\r\n");
  return Object.fromEntries(lines.filter((line) => /^\w+:/.test(line)).map((line) => line.split(":", 2)));
}

function explain(error: unknown, where: string, place: ServicePlace): unknown {
  const message = error instanceof Error ? error.message : String(error);
  if (error instanceof RedisError && /^(?:OOM|MISCONF)\b/.test(message))
    return full(place, message, "Raise its maxmemory, remove keys, or make room on its disk.");
  const isConnection =
    error instanceof RedisError || errnoOf(error) !== undefined || /^(?:it|the server) /.test(message);
  return isConnection ? unreachable(place, where, message || String(errnoOf(error)), error) : error;
}
