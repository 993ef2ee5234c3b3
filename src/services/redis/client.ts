import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { connect as connectTcp, isIP, type Socket } from "node:net";
import { connect as connectTls } from "node:tls";
import { parseListStart, parseReply, type Reply } from "./reply.ts";

export interface RedisAddress {
  /** A name, an address, or the path of a unix socket. */
  readonly host: string;
  readonly port: number;
  /** Undefined: the account `default`. */
  readonly user: string | undefined;
  readonly password: string | undefined;
  readonly database: number;
  readonly isTls: boolean;
  /** Of TLS; default: it has to be of an authority that Node knows. */
  readonly certificate?: { readonly isVerified: boolean; readonly authorities: string | undefined };
}

export type Argument = string | Uint8Array;

export interface RedisClient {
  /** @throws RedisError for an error reply, another one for a connection that ends. */
  run(...words: readonly Argument[]): Promise<Reply>;
  /** The same; what is in a list is handed on one by one as it comes, so that it need not fit into memory. */
  runEach(words: readonly Argument[], onItem: (item: Reply) => void): Promise<void>;
  /** Until the server has taken most of what was sent. */
  drained(): Promise<void>;
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

async function connectSocket({ host, port, isTls, certificate }: RedisAddress): Promise<Socket> {
  const { isVerified = true, authorities } = certificate ?? {};
  const where = host.startsWith("/") ? { path: host } : { host, port };
  const ca = authorities === undefined ? {} : { ca: await readFile(authorities) };
  const tls = { ...ca, rejectUnauthorized: isVerified, ...(isIP(host) === 0 && { servername: host }) };
  const socket = isTls ? connectTls({ ...where, ...tls }) : connectTcp(where);
  await new Promise<void>((resolve, reject) => {
    socket.setTimeout(CONNECT_TIMEOUT_MS, () => socket.destroy(new Error("it does not answer")));
    socket.once(isTls ? "secureConnect" : "connect", resolve);
    socket.once("error", reject);
  });
  socket.setTimeout(0);
  return socket.setNoDelay();
}

interface Waiting {
  readonly onItem?: (item: Reply) => void;
  /** Of the list that is being handed on. */
  left?: number;
  resolve(reply: Reply): void;
  reject(error: Error): void;
}

function openClient(socket: Socket): RedisClient {
  const waiting: Waiting[] = [];
  let chunks: Buffer[] = [];
  let [size, wanted] = [0, 1];
  let ended: Error | undefined;
  const fail = (error: Error) => {
    ended ??= error;
    for (const { reject } of waiting.splice(0)) reject(ended);
  };
  socket.on("error", fail);
  socket.on("close", () => fail(new Error("the server has closed the connection")));
  socket.on("data", (bytes: Buffer) => {
    chunks.push(bytes);
    size += bytes.length;
    // A long reply comes in many pieces, which are not looked at again and again.
    if (size < wanted) return;
    try {
      const taken = takeReplies(Buffer.concat(chunks), waiting);
      [chunks, size, wanted] = [[taken.rest], taken.rest.length, taken.wanted];
    } catch (error) {
      socket.destroy(error instanceof Error ? error : new Error(String(error)));
    }
  });
  const send = (words: readonly Argument[], onItem?: (item: Reply) => void) =>
    new Promise<Reply>((resolve, reject) => {
      if (ended !== undefined) return reject(ended);
      waiting.push({ ...(onItem && { onItem }), resolve, reject });
      socket.write(renderCommand(words));
    });
  return {
    run: (...words) => send(words),
    runEach: async (words, onItem) => void (await send(words, onItem)),
    async drained() {
      if (socket.writableNeedDrain) await Promise.race([once(socket, "drain"), once(socket, "close")]);
    },
    close: () => void socket.destroy(),
  };
}

/** Gives each reply that is there to the first that waits for one; the rest is the beginning of the next one. */
function takeReplies(buffer: Buffer, waiting: Waiting[]): { readonly rest: Buffer; readonly wanted: number } {
  let start = 0;
  for (;;) {
    const first = waiting[0];
    if (first?.onItem && first.left === undefined) {
      const list = parseListStart(buffer, start);
      if (typeof list === "number") return { rest: buffer.subarray(start), wanted: list - start };
      if (list !== undefined) [first.left, start] = [list.length, list.end];
    }
    if (first?.left !== undefined && first.left <= 0) {
      waiting.shift()?.resolve(undefined);
      continue;
    }
    const parsed = parseReply(buffer, start);
    if (typeof parsed === "number") return { rest: buffer.subarray(start), wanted: parsed - start };
    start = parsed.end;
    if (first?.onItem && first.left !== undefined) {
      first.left--;
      first.onItem(parsed.reply);
    } else if (parsed.reply instanceof Error) waiting.shift()?.reject(new RedisError(parsed.reply.message));
    else waiting.shift()?.resolve(parsed.reply);
  }
}

function renderCommand(words: readonly Argument[]): Uint8Array {
  const parts = words.flatMap((word) => {
    const bytes = Buffer.from(word);
    return [Buffer.from(`$${bytes.length}\r\n`), bytes, Buffer.from("\r\n")];
  });
  return Buffer.concat([Buffer.from(`*${words.length}\r\n`), ...parts]);
}
