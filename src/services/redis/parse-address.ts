import { decode, parseUrl } from "../parse-database-url.ts";
import type { ServicePlace } from "../service.ts";
import { refuseAddress } from "../service-errors.ts";
import type { RedisAddress } from "./client.ts";

const DEFAULT_PORT = 6379;

/**
 * `redis://[user][:password]@host[:port][/database]`, `rediss` with TLS: https://www.iana.org/assignments/uri-schemes/prov/redis
 * And what redis-py adds: `unix://[user][:password]@/path?db=database`, `ssl_cert_reqs`, `ssl_ca_certs`.
 * @throws AppError `service_address_wrong`, which quotes nothing of it.
 */
export function parseRedisAddress(address: string, place: ServicePlace): RedisAddress {
  const refuse = (reason: string) =>
    refuseAddress(place, reason, "redis://:password@cache.example.org:6379/0");
  const url = parseUrl(address.replace(/^(unix:\/\/[^/?#]*@)(?=\/)/, "$1-"));
  if (url === undefined || !/^(?:rediss?|unix):$/.test(url.protocol)) throw refuse("it is no redis URL");
  const isSocket = url.protocol === "unix:";
  const [user, password] = [decode(url.username), decode(url.password)];
  if (user === undefined || password === undefined)
    throw refuse("a % in it is not followed by two hexadecimal digits");
  if (url.hostname === "" && !isSocket) throw refuse("it names no host");
  if (url.searchParams.has("password")) throw refuse("its password is a parameter");
  const path = decode(url.pathname) ?? "";
  const database = (isSocket ? "" : path.slice(1)) || url.searchParams.get("db") || "0";
  const isVerified = !/^(?:CERT_)?(?:NONE|OPTIONAL)$/i.test(url.searchParams.get("ssl_cert_reqs") ?? "");
  if (!/^\d{1,5}$/.test(database)) throw refuse("its database is no number");
  return {
    host: isSocket ? path : url.hostname.replace(/^\[|\]$/g, ""),
    port: url.port === "" ? DEFAULT_PORT : Number(url.port),
    user: user || undefined,
    password: password || undefined,
    database: Number(database),
    isTls: url.protocol === "rediss:",
    certificate: { isVerified, authorities: url.searchParams.get("ssl_ca_certs") ?? undefined },
  };
}
