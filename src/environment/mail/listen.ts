import { once } from "node:events";
import { rm } from "node:fs/promises";
import { connect, type Server, type Socket } from "node:net";
import type { SMTPServer } from "smtp-server";
import { AppError } from "../../errors/app-error.ts";
import { errnoOf } from "../../system/file-errors.ts";
import { checkPort } from "../addresses.ts";
import { type Address, joinAddress } from "../resolve-argv.ts";

/** A TCP port, or the absolute path of a unix socket. */
export type MailAddress = Address | { readonly path: string };

export interface Listening {
  readonly address: string;
  /** Accepts nothing more; resolves when the last connection has ended. */
  close(): Promise<void>;
  /** Ends connections whose clients do not, after all that was said to them. */
  letGo(): void;
}

/** @throws AppError `port_in_use`. */
export async function listen(smtp: SMTPServer, address: MailAddress): Promise<Listening> {
  const { server } = smtp;
  const sockets = new Set<Socket>();
  server.on("connection", (socket: Socket) => {
    sockets.add(socket);
    socket.once("close", () => sockets.delete(socket));
  });
  // A client that goes away is its own affair: what it was sending is given up, and that is told.
  smtp.on("error", () => {});
  if ("path" in address) await listenAtPath(server, address.path);
  else await listenAtPort(server, address);
  return {
    address: "path" in address ? address.path : joinAddress(address),
    close: () => new Promise((resolve) => server.close(() => resolve())),
    letGo() {
      for (const socket of sockets) socket.destroySoon();
    },
  };
}

async function listenAtPort(server: Server, address: Address): Promise<void> {
  await checkPort(address, { name: "mail" });
  await startListening(server, { ...address, exclusive: true });
}

/** The file of a socket stays when its program is killed: nobody answers there then. */
async function listenAtPath(server: Server, path: string): Promise<void> {
  try {
    await startListening(server, { path });
  } catch (error) {
    if (errnoOf(error) !== "EADDRINUSE") throw error;
    if (await answers(path)) throw inUse(path);
    await rm(path, { force: true });
    await startListening(server, { path });
  }
}

async function startListening(
  server: Server,
  where: Parameters<Server["listen"]>[0] & object,
): Promise<void> {
  server.listen(where);
  await once(server, "listening"); // rejects with an error that comes first
}

function answers(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ path }, () => {
      socket.destroy();
      resolve(true);
    });
    socket.once("error", () => resolve(false));
  });
}

function inUse(path: string): AppError {
  return new AppError({
    code: "port_in_use",
    message: `cannot start mail: another process listens at ${path}`,
    hint: "Stop that one.",
    details: { process: "mail", path },
  });
}
