import type { ServicePlace } from "./service.ts";
import { refuseAddress } from "./service-errors.ts";

/** Of a database on a server: what its URL says. */
export interface DatabaseAccount {
  /** A name, an address, or the directory of a unix socket. */
  readonly host: string;
  readonly port: number;
  /** Empty: the user of this process, by a unix socket. */
  readonly user: string;
  readonly password: string;
  readonly database: string;
  /** `sslmode` and the like. */
  readonly parameters: Readonly<Record<string, string>>;
}

export interface UrlForm {
  /** Without what SQLAlchemy adds to it: `postgresql+psycopg`. */
  readonly schemes: readonly string[];
  readonly defaultPort: number;
  /** Parameters that say where it is, and win over the host: a unix socket, or the directory of one. */
  readonly hostParameters: readonly string[];
  /** The unix socket, or the directory of it, when an address says nothing. */
  readonly defaultSocket: string;
  readonly example: string;
}

/** For messages. */
export function whereOf({ host, port }: Pick<DatabaseAccount, "host" | "port">): string {
  if (host.startsWith("/")) return host;
  return host.includes(":") ? `[${host}]:${port}` : `${host}:${port}`;
}

/** An account without a host, `user:password@/database`: drivers take it, the URL standard does not. */
const WITHOUT_HOST = /^([a-z][a-z0-9+.-]*:\/\/[^/?#]*@)(?=[/?])/i;
const NO_HOST = "-";

/** @throws AppError `service_address_wrong`, which quotes nothing of it. */
export function parseDatabaseUrl(address: string, form: UrlForm, place: ServicePlace): DatabaseAccount {
  const refuse = (reason: string) => refuseAddress(place, reason, form.example);
  const url = parseUrl(address.replace(WITHOUT_HOST, `$1${NO_HOST}`));
  const scheme = url?.protocol.replace(/(?:\+\w+)?:$/, "") ?? "";
  if (url === undefined || !form.schemes.includes(scheme)) throw refuse(`it is no ${form.schemes[0]} URL`);
  const [named, user, password, database] = [
    url.hostname.replace(/^\[|\]$/g, ""),
    url.username,
    url.password,
    url.pathname.slice(1),
  ].map(decode);
  if (named === undefined || user === undefined || password === undefined || database === undefined)
    throw refuse("a % in it is not followed by two hexadecimal digits");
  const parameters: Readonly<Record<string, string>> = Object.fromEntries(url.searchParams);
  if ("password" in parameters) throw refuse("its password is a parameter");
  const parameter = form.hostParameters.map((name) => parameters[name]).find((value) => value);
  const host = parameter || (named === NO_HOST ? "" : named) || form.defaultSocket;
  const account = user || (parameters["user"] ?? "");
  // By its socket, a server can tell who asks.
  if (account === "" && (password !== "" || !host.startsWith("/"))) throw refuse("it names no account");
  if (!/^[^/\0]+$/.test(database)) throw refuse("it does not name one database");
  const port = url.port || (parameters["port"] ?? "") || String(form.defaultPort);
  if (!/^\d{1,5}$/.test(port)) throw refuse("its port is no number");
  return { host, port: Number(port), user: account, password, database, parameters };
}

export function parseUrl(address: string): URL | undefined {
  // URL drops line ends and tabs silently: the application may not.
  return /[\p{Cc}\s]/u.test(address) ? undefined : (URL.parse(address) ?? undefined);
}

/** Undefined where a percent sign begins nothing. */
export function decode(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined; // URIError
  }
}
