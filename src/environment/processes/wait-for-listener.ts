import { createConnection } from "node:net";
import { setTimeout } from "node:timers/promises";
import { type Address, joinAddress } from "../resolve-argv.ts";

const BETWEEN_MS = 50;

/** Names for "all of this machine", which nobody can connect to everywhere. */
const WILDCARDS: Readonly<Record<string, string>> = { "0.0.0.0": "127.0.0.1", "::": "::1" };

/** Whether connections to an address were accepted before the signal was aborted. */
export async function waitForListener(address: Address, signal: AbortSignal): Promise<boolean> {
  while (!signal.aborted) {
    if (await isListening(address)) return true;
    await setTimeout(BETWEEN_MS, undefined, { signal }).catch(() => {});
  }
  return false;
}

/** As a person opens it in a browser. */
export function addressUrl({ host, port }: Address): string {
  return `http://${joinAddress({ host: WILDCARDS[host] ?? host, port })}/`;
}

function isListening({ host, port }: Address): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = createConnection({ host: WILDCARDS[host] ?? host, port });
    socket.once("connect", () => {
      socket.destroy();
      resolve(true);
    });
    socket.once("error", () => resolve(false));
  });
}
