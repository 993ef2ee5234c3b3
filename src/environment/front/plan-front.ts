import { join } from "node:path";
import type { OpenService, Published } from "../../services/service.ts";
import { findFreePort } from "../../system/port-owner.ts";
import type { Environment } from "../open-environment.ts";
import type { Address } from "../resolve-argv.ts";

/** What stands before the process `web`: it serves files by itself and passes the rest on. */
export interface PlannedFront {
  /** Where it listens: for everybody else, this is the address of `web`. */
  readonly address: Address;
  /** Where `web` listens. */
  readonly web: Address;
  readonly published: readonly Published[];
  /** Those services among them, which may become too full. */
  readonly limited: readonly OpenService[];
}

/** Nobody but the front asks `web` then, wherever that listens. */
const WEB_HOST = "127.0.0.1";

/** Undefined where `web` needs none: nothing is published beside it. */
export async function planFront({
  runnable: { plan, app },
  services,
  addresses,
}: Environment): Promise<PlannedFront | undefined> {
  const address = addresses["web"];
  const limited = Object.values(services.services).filter(({ published }) => published !== undefined);
  const published = [
    ...Object.entries(plan.static ?? {}).map(([path, name]) => ({ path, directory: join(app, name) })),
    ...limited.flatMap((service) => service.published ?? []),
  ];
  if (address === undefined || published.length === 0) return undefined;
  const taken = Object.values(addresses).map(({ port }) => port);
  let port = address.port;
  while (taken.includes(port)) port = await findFreePort(WEB_HOST);
  return { address, web: { host: WEB_HOST, port }, published, limited };
}
