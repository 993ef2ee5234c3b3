import { connect as connectTcp, type Socket } from "node:net";
import { connect as connectTls } from "node:tls";
import { parseReply, type Reply } from "./reply.ts";

export interface RedisAddress {
  readonly host: string;
  readonly port: number;
  /** Undefined: the account `default`. */
  readonly user: string | undefined;
  readonly password: string | undefined;
  readonly database: number;
  readonly isTls: boolean;
}

export type Argument = string | Uint8Array;

export interface RedisClient {
  /** @throws RedisError for an error reply, another one for a connection that ends. */
  run(...words: readonly Argument[]): Promise<Reply>;
  close(): void;
}

/** What the server answers with `-`: its first word is a code, as `NOAUTH` or `OOM`. */
export class RedisError extends Error {}

const CONNECT_TIMEOUT_MS = 10_000;

/** A connection that speaks RESP 2: https://redis.io/docs/latest/develop/reference/protocol-spec/ */
export async function connectRedis(address: RedisAddress): Promise<RedisClient> {
  const { user, password, database } = address;
  const client = openClient(await connectSocket(address));
  try {
    if (password !== undefined) await client.run("AUTH", ...(user === undefined ? [] : [user]), password);
    await client.run("PING");
    if (database !== 0) await client.run("SELECT", String(database));
  } catch (error) {
    client.close();
    throw error;
  }
  return client;
}

async function connectSocket({ host, port, isTls }: RedisAddress): Promise<Socket> {
  const socket = isTls ? connectTls({ host, port, servername: host }) : connectTcp({ host, port });
  await new Promise<void>((resolve, reject) => {
    socket.setTimeout(CONNECT_TIMEOUT_MS, () => socket.destroy(new Error("it does not answer")));
    socket.once(isTls ? "secureConnect" : "connect", resolve);
    socket.once("error", reject);
  });
  socket.setTimeout(0);
  return socket.setNoDelay();
}

function openClient(socket: Socket): RedisClient {
  interface Waiting {
    resolve(reply: Reply): void;
    reject(error: Error): void;
  }
  const waiting: Waiting[] = [];
  let chunks: Uint8Array[] = [];
  let ended: Error | undefined;
  const fail = (error: Error) => {
    ended ??= error;
    for (const { reject } of waiting.splice(0)) reject(ended);
  };
  socket.on("error", fail);
  socket.on("close", () => fail(new Error("the server has closed the connection")));
  socket.on("data", (bytes: Uint8Array) => {
    chunks.push(bytes);
    // Every reply ends so. A long one comes in many pieces, which are not looked at again and again.
    if (bytes.at(-1) !== 0x0a) return;
    try {
      chunks = [takeReplies(Buffer.concat(chunks))];
    } catch (error) {
      socket.destroy(error instanceof Error ? error : new Error(String(error)));
    }
  });
  const takeReplies = (buffer: Buffer): Buffer => {
    let start = 0;
    for (let parsed = parseReply(buffer); parsed !== undefined; parsed = parseReply(buffer, start)) {
      const { reply, end } = parsed;
      start = end;
      const next = waiting.shift();
      if (reply instanceof Error) next?.reject(new RedisError(reply.message));
      else next?.resolve(reply);
    }
    return buffer.subarray(start);
  };
  return {
    run: (...words) =>
      new Promise<Reply>((resolve, reject) => {
        if (ended !== undefined) return reject(ended);
        waiting.push({ resolve, reject });
        socket.write(renderCommand(words));
      }),
    close: () => void socket.destroy(),
  };
}

function renderCommand(words: readonly Argument[]): Uint8Array {
  const parts = words.flatMap((word) => {
    const bytes = Buffer.from(word);
    return [Buffer.from(`$${bytes.length}\r\n`), bytes, Buffer.from("\r\n")];
  });
  return Buffer.concat([Buffer.from(`*${words.length}\r\n`), ...parts]);
}
