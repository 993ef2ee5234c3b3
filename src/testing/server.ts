import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:net";
import { eventually } from "./eventually.ts";

export interface Server {
  /** `http://127.0.0.1:PORT`. */
  readonly address: string;
  readonly pid: number;
  /** What it wrote on both streams until now. */
  readonly output: () => string;
  /** Sends a signal to the first process, as a supervisor does, and waits until all of its group are gone. */
  stop(signal: NodeJS.Signals): Promise<ServerEnd>;
}

export interface ServerEnd {
  readonly status: number | null;
  readonly signal: NodeJS.Signals | null;
}

export interface ServerOptions {
  readonly cwd: string;
  readonly env: NodeJS.ProcessEnv;
}

/** Starts a program that serves on $PORT, in a process group of its own, and waits until it answers anything. */
export async function startServer(argv: readonly string[], { cwd, env }: ServerOptions): Promise<Server> {
  const [program = "", ...args] = argv;
  const port = await findFreePort();
  const address = `http://127.0.0.1:${port}`;
  const child = spawn(program, args, {
    cwd,
    env: { ...env, PORT: String(port) },
    detached: true,
    stdio: ["ignore", "pipe", "pipe"],
  });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (text: string) => {
      output += text;
    });
  }
  await once(child, "spawn");
  const pid = child.pid ?? Number.NaN; // spawned, so it has one
  const stop = async (signal: NodeJS.Signals): Promise<ServerEnd> => {
    child.kill(signal);
    await eventually(`${program} ends after ${signal}`, () => (hasEnded(child) ? true : undefined));
    await eventually("its children end", () => (isGroupAlive(pid) ? undefined : true));
    return { status: child.exitCode, signal: child.signalCode };
  };
  try {
    await eventually(`${argv.join(" ")} answers`, async () => {
      if (hasEnded(child)) throw new Error(`${argv.join(" ")} ended before it answered:\n${output}`);
      return fetch(address, { redirect: "manual" }).catch(() => undefined);
    });
  } catch (error) {
    if (!hasEnded(child)) await stop("SIGKILL");
    throw error;
  }
  return { address, pid, output: () => output, stop };
}

function hasEnded({ exitCode, signalCode }: ChildProcess): boolean {
  return exitCode !== null || signalCode !== null;
}

function isGroupAlive(group: number): boolean {
  try {
    return process.kill(-group, 0);
  } catch {
    return false; // ESRCH: nobody is left
  }
}

async function findFreePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  server.close();
  await once(server, "close");
  if (address === null || typeof address === "string") throw new Error("a TCP server has a port");
  return address.port;
}
