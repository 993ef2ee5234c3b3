import type { Plan } from "../artifact/plan.ts";
import { AppError } from "../errors/app-error.ts";
import { findPortOwner, isPortFree } from "../system/port-owner.ts";
import type { Address } from "./resolve-argv.ts";

export const DEFAULT_ADDRESS: Address = { host: "127.0.0.1", port: 8000 };

const MAX_PORT = 65_535;

/** Processes that listen: `web`, and those whose command line has `{port}`; `web` first, then by name. */
export function listListeners({ processes }: Plan): readonly string[] {
  return Object.entries(processes)
    .filter(([name, { argv }]) => name === "web" || argv.some((word) => /(?<!\{)\{port\}/.test(word)))
    .map(([name]) => name)
    .toSorted((a, b) => Number(b === "web") - Number(a === "web") || (a < b ? -1 : 1));
}

/**
 * Where each process listens: `web` on the port that was asked for, the others on the next ones. Where they are going to be
 * started, the first one has to be free, and the others are those that are.
 * @throws AppError `port_in_use`, with who uses it.
 */
export async function findAddresses(
  plan: Plan,
  { host, port }: Address,
  { areFree = true }: { readonly areFree?: boolean | undefined } = {},
): Promise<Readonly<Record<string, Address>>> {
  const addresses: Record<string, Address> = {};
  let next = port;
  for (const name of listListeners(plan)) {
    if (!areFree) next = Math.min(next, MAX_PORT);
    else if (name === "web") await checkPort({ host, port }, name);
    else while (next <= MAX_PORT && !(await isPortFree(host, next))) next += 1;
    addresses[name] = { host, port: next };
    next += 1;
  }
  return addresses;
}

const FIRST_MAIL_PORT = 2525;

/** Where mail comes in: the first port that is free, where it is going to; undefined when the plan says nothing about mail. */
export async function findMailAddress(
  { mail }: Plan,
  host: string,
  { isFree = true }: { readonly isFree?: boolean | undefined } = {},
): Promise<Address | undefined> {
  if (mail === undefined) return undefined;
  let port = FIRST_MAIL_PORT;
  while (isFree && port < MAX_PORT && !(await isPortFree(host, port))) port += 1;
  return { host, port };
}

/** @throws AppError `port_in_use`. */
export async function checkPort({ host, port }: Address, name: string): Promise<void> {
  if (await isPortFree(host, port)) return;
  const owner = await findPortOwner(port);
  const by = owner === undefined ? "another process" : `${owner.program} (process ${owner.pid})`;
  throw new AppError({
    code: "port_in_use",
    message: `cannot start ${name}: port ${port} of ${host} is used by ${by}`,
    hint: "Stop that one, or name another port with `--port`.",
    details: { process: name, host, port, ...owner },
  });
}
