import type { IncomingMessage } from "node:http";

/** For one connection only: RFC 9110, section 7.6.1; trailers are not passed on. */
const HOP_BY_HOP = [
  "connection",
  "keep-alive",
  "proxy-connection",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade",
];
/** What `Connection` cannot take away: nobody could say what a request means without them. */
const KEPT = ["host", "content-length"];
const FORWARDED = ["x-forwarded-for", "x-forwarded-proto", "x-forwarded-host"];

type Received = Pick<IncomingMessage, "headers" | "rawHeaders">;
type Pair = readonly [name: string, value: string];

/** Headers of a message as they came, with case, order and repetitions, without those of its connection. */
export function endToEndHeaders({ headers, rawHeaders }: Received): readonly Pair[] {
  const named = (headers.connection ?? "").split(",").map((name) => name.trim().toLowerCase());
  const dropped = new Set([...HOP_BY_HOP, ...named.filter((name) => !KEPT.includes(name))]);
  const pairs = Array.from({ length: rawHeaders.length / 2 }, (_, index): Pair => {
    const [name = "", value = ""] = rawHeaders.slice(2 * index, 2 * index + 2);
    return [name, value];
  });
  return pairs.filter(([name]) => !dropped.has(name.toLowerCase()));
}

export interface ReceivedRequest extends Received {
  readonly socket: Pick<IncomingMessage["socket"], "remoteAddress" | "localAddress" | "localPort">;
}

/** What `web` is told of a request: `Host` is the client's, and the usual headers of proxies say who asked. */
export function forwardedHeaders({ headers, rawHeaders, socket }: ReceivedRequest): readonly Pair[] {
  const pairs = endToEndHeaders({ headers, rawHeaders });
  const client = socket.remoteAddress?.replace(/^::ffff:/, "") ?? "unknown";
  const before = [headers["x-forwarded-for"] ?? []].flat();
  // On this machine that may be a tunnel, which knows better; from elsewhere, anybody can say anything.
  const isTrusted = /^(?:127\.|::1$)/.test(client);
  const given = (name: string) => (isTrusted ? [headers[name]].flat()[0] : undefined);
  const host = headers.host ?? `${socket.localAddress}:${socket.localPort}`; // HTTP/1.0 has none
  return [
    ...(headers.host === undefined ? [["Host", host] as const] : []),
    ...pairs.filter(([name]) => !FORWARDED.includes(name.toLowerCase())),
    ["X-Forwarded-For", [...before, client].join(", ")],
    ["X-Forwarded-Proto", given("x-forwarded-proto") ?? "http"],
    ["X-Forwarded-Host", given("x-forwarded-host") ?? host],
  ];
}
