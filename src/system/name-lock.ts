import { createServer } from "node:net";
import { errnoOf } from "./file-errors.ts";

export interface NameLock {
  release(): Promise<void>;
}

/**
 * Takes a name that one program of this machine can have at a time; undefined when another one has it. The kernel takes
 * it back however this program ends, so there is nothing stale: it is a socket without a file (unix(7), "abstract").
 * @param name - at most 100 characters. Other users see it too, so it is no secret, and no protection from them.
 */
export async function takeNameLock(name: string): Promise<NameLock | undefined> {
  const server = createServer((socket) => socket.destroy());
  return new Promise((resolve, reject) => {
    server.once("error", (error) => {
      if (errnoOf(error) === "EADDRINUSE") resolve(undefined);
      else reject(error);
    });
    server.listen({ path: `\0${name}`, exclusive: true }, () => {
      server.unref();
      resolve({ release: () => new Promise((done) => server.close(() => done())) });
    });
  });
}
