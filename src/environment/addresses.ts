import type { Plan } from "../artifact/plan.ts";
import { AppError } from "../errors/app-error.ts";
import { errnoOf } from "../system/file-errors.ts";
import { findPortOwner, findPortUser, isPortFree, type PortOwner } from "../system/port-owner.ts";
import type { Presence } from "./presence.ts";
import type { Address } from "./resolve-argv.ts";

export const DEFAULT_ADDRESS: Address = { host: "127.0.0.1", port: 8000 };

const MAX_PORT = 65_535;

/** Processes that listen: `web`, and those whose command line has `{port}`; `web` first, then by name. */
function listListeners({ processes }: Plan): readonly string[] {
  return Object.entries(processes)
    .filter(([name, { argv }]) => name === "web" || argv.some((word) => /(?<!\{)\{port\}/.test(word)))
    .map(([name]) => name)
    .toSorted((a, b) => Number(b === "web") - Number(a === "web") || (a < b ? -1 : 1));
}

export interface AddressesOptions {
  readonly starts: (name: string) => boolean;
  /** What runs in the same environment. */
  readonly others: readonly Presence[];
}

/**
 * Where each process listens: `web` on the port that was asked for, the others on the next ones. Of those that are going to be
 * started, the port of `web` has to be free, and the others get ports that are.
 * @throws AppError `port_in_use`, with who uses it; `address_unusable`.
 */
export async function findAddresses(
  plan: Plan,
  { host, port }: Address,
  { starts, others }: AddressesOptions,
): Promise<Readonly<Record<string, Address>>> {
  const addresses: Record<string, Address> = {};
  let next = port;
  for (const name of listListeners(plan)) {
    if (!starts(name)) next = Math.min(next, MAX_PORT);
    else if (name === "web") await checkPort({ host, port }, { name, others });
    else while (next <= MAX_PORT && !(await canListen({ host, port: next }, name))) next += 1;
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

/** @throws AppError `port_in_use`, `address_unusable`. */
export async function checkPort(
  { host, port }: Address,
  { name, others = [] }: { readonly name: string; readonly others?: readonly Presence[] },
): Promise<void> {
  if (await canListen({ host, port }, name)) return;
  const { by, ...owner } = await findUser(
    port,
    others.find(({ addresses }) => addresses[name]?.port === port),
  );
  throw new AppError({
    code: "port_in_use",
    message: `cannot start ${name}: port ${port} of ${host} is used by ${by}`,
    hint: "Stop that one, or name another port with `--port`.",
    details: { process: name, host, port, ...owner },
  });
}

/** Who has a port: another one of us, a program of this user, or as much as is to be seen of others. */
async function findUser(
  port: number,
  known: Presence | undefined,
): Promise<Partial<PortOwner> & { readonly by: string }> {
  if (known !== undefined) {
    const by = `the \`holdall dev\` that runs here already (process ${known.pid})`;
    return { by, pid: known.pid, program: "holdall" };
  }
  const owner = await findPortOwner(port);
  if (owner !== undefined) return { by: `${owner.program} (process ${owner.pid})`, ...owner };
  const uid = await findPortUser(port);
  if (uid === undefined || uid === process.getuid?.()) return { by: "another process" }; // in a container, perhaps
  return { by: uid === 0 ? "a process of root" : `a process of the user ${uid}` };
}

/** @throws AppError `address_unusable` for an address that no program of this user can have here. */
async function canListen({ host, port }: Address, name: string): Promise<boolean> {
  try {
    return await isPortFree(host, port);
  } catch (cause) {
    const errno = errnoOf(cause);
    if (errno === undefined) throw cause;
    throw new AppError({
      code: "address_unusable",
      message: `cannot start ${name}: nothing can listen on port ${port} of ${host}, the system says ${errno}`,
      hint:
        errno === "EACCES"
          ? "Ports below 1024 are for root: name another one with `--port`."
          : "Name an address of this machine: 127.0.0.1, or 0.0.0.0 for all of them.",
      details: { process: name, host, port, errno },
      cause,
    });
  }
}
