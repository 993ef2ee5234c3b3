import { setImmediate } from "node:timers/promises";

/** What a server makes of a request before it calls an application. */
export interface DescribedRequest {
  readonly kind: "http" | "websocket";
  readonly method: string;
  readonly target: string;
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly scheme: string;
  /** `NAME:PORT`. */
  readonly host: string;
}

/** Pieces of a body, and how many bytes they are when that is known before the last one has come. */
export interface MeasuredBody {
  readonly sizeBytes: number | undefined;
  next(): Promise<Uint8Array | undefined>;
  cancel(reason: unknown): Promise<void>;
}

/** As much is looked at before it is called a stream; one piece may be more. */
const MAX_LOOKED_AT = 16 * 1024 * 1024;

/** Methods that have a length even without a body: the Fetch standard, "HTTP-network-or-cache fetch". */
const WITH_LENGTH = ["POST", "PUT"];

export function describeRequest(
  { method, url, headers }: Pick<Request, "method" | "url" | "headers">,
  sizeBytes: number | undefined | "none",
): DescribedRequest {
  const { protocol, host, hostname, port, href } = new URL(url);
  const target = href.slice(href.indexOf("/", protocol.length + 2)); // with a `?` that nothing follows
  const isSecure = protocol === "https:" || protocol === "wss:";
  const listed: [string, string][] = [...headers];
  if (!headers.has("host")) listed.unshift(["host", host]);
  if (sizeBytes === undefined) {
    if (!headers.has("content-length")) listed.push(["transfer-encoding", "chunked"]);
  } else if (!headers.has("content-length") && (sizeBytes !== "none" || WITH_LENGTH.includes(method))) {
    listed.push(["content-length", String(sizeBytes === "none" ? 0 : sizeBytes)]);
  }
  return {
    ...{ kind: "http", method, target: target.replace(/#.*$/, ""), headers: listed },
    ...{ scheme: isSecure ? "https" : "http", host: `${hostname}:${port || (isSecure ? 443 : 80)}` },
  };
}

/**
 * A `Request` does not tell how long its body is, and many applications read nothing without a length (Django, CGI). So
 * what comes without a wait is taken first: a text, bytes or a form are then there as a whole.
 */
export async function measureBody(body: ReadableStream<Uint8Array>): Promise<MeasuredBody> {
  const reader = body.getReader();
  const taken: Uint8Array[] = [];
  let sizeBytes = 0;
  let pending: ReturnType<typeof reader.read> | undefined;
  let isWhole = false;
  while (taken.length < 2 || sizeBytes <= MAX_LOOKED_AT) {
    pending = reader.read();
    pending.catch(() => {}); // whoever takes it hears of it
    const read = await Promise.race([pending, passTurns()]);
    if (read === undefined) break;
    pending = undefined;
    isWhole = read.done;
    if (read.done) break;
    taken.push(read.value);
    sizeBytes += read.value.length;
  }
  return {
    sizeBytes: isWhole ? sizeBytes : undefined,
    async next() {
      const first = taken.shift();
      if (first !== undefined || isWhole) return first;
      const read = await (pending ?? reader.read());
      pending = undefined;
      return read.done ? undefined : read.value;
    },
    cancel: (reason) => reader.cancel(reason),
  };
}

/** Turns of the event loop, not time: a stream that has its bytes gives them within these. */
async function passTurns(): Promise<undefined> {
  for (let turn = 0; turn < 3; turn += 1) await setImmediate();
}
