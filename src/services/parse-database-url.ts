import type { ServicePlace } from "./service.ts";
import { refuseAddress } from "./service-errors.ts";

/** Of a database on a server: what its URL says. */
export interface DatabaseAccount {
  /** A name, an address, or the directory of a unix socket. */
  readonly host: string;
  readonly port: number;
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
  readonly example: string;
}

/** @throws AppError `service_address_wrong`, which quotes nothing of it. */
export function parseDatabaseUrl(address: string, form: UrlForm, place: ServicePlace): DatabaseAccount {
  const refuse = (reason: string) => refuseAddress(place, reason, form.example);
  const url = parseUrl(address);
  const scheme = url?.protocol.replace(/(?:\+\w+)?:$/, "") ?? "";
  if (url === undefined || !form.schemes.includes(scheme)) throw refuse(`it is no ${form.schemes[0]} URL`);
  const [host, user, password, database] = [
    url.hostname.replace(/^\[|\]$/g, ""),
    url.username,
    url.password,
    url.pathname.slice(1),
  ].map(decode);
  if (host === undefined || user === undefined || password === undefined || database === undefined)
    throw refuse("a % in it is not followed by two hexadecimal digits");
  const { host: socket, ...parameters } = Object.fromEntries(url.searchParams);
  if ("password" in parameters) throw refuse("its password is a parameter");
  if (host === "" && socket === undefined) throw refuse("it names no host");
  if (user === "") throw refuse("it names no account");
  if (!/^[^/\0]+$/.test(database)) throw refuse("it does not name one database");
  const port = url.port === "" ? form.defaultPort : Number(url.port);
  return { host: host || (socket ?? ""), port, user, password, database, parameters };
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
