import { readFile } from "node:fs/promises";

export interface DownloadOptions {
  readonly headers?: Readonly<Record<string, string>>;
  /** For proxies (`HTTPS_PROXY`, `NO_PROXY`) and certificates (`SSL_CERT_FILE`). */
  readonly env: NodeJS.ProcessEnv;
  readonly signal: AbortSignal | undefined;
  readonly maxBytes: number;
}

export interface Downloaded {
  readonly status: number;
  readonly contentType: string;
  readonly bytes: Buffer;
  /** After redirects. */
  readonly url: string;
}

const TIMEOUT_MS = 300_000;

/**
 * Gets a whole file, with the certificates that the system and the user trust and the proxies that they use.
 *
 * @throws the error of `fetch` when nothing answers; a plain Error when there is more than `maxBytes`.
 */
export async function download(
  url: string,
  { headers = {}, env, signal, maxBytes }: DownloadOptions,
): Promise<Downloaded> {
  await useSystem(env);
  const timeout = AbortSignal.timeout(TIMEOUT_MS);
  const response = await fetch(url, {
    headers,
    signal: signal === undefined ? timeout : AbortSignal.any([signal, timeout]),
  });
  const pieces: Uint8Array[] = [];
  let size = 0;
  for await (const piece of response.body ?? []) {
    size += piece.length;
    if (size > maxBytes) throw new Error(`there are more than ${maxBytes} bytes`);
    pieces.push(piece);
  }
  const contentType = response.headers.get("content-type") ?? "";
  return { status: response.status, contentType, bytes: Buffer.concat(pieces), url: response.url || url };
}

let isReady = false;

/** For the whole process, once: fetch has no option for either. Most builds download nothing and do without both modules. */
async function useSystem(env: NodeJS.ProcessEnv): Promise<void> {
  if (isReady) return;
  isReady = true;
  const [tls, http] = await Promise.all([import("node:tls"), import("node:http")]);
  const file = env["SSL_CERT_FILE"];
  const own = file === undefined ? [] : [await readFile(file, "utf8")];
  tls.setDefaultCACertificates([
    ...tls.getCACertificates("default"),
    ...tls.getCACertificates("system"),
    ...own,
  ]);
  http.setGlobalProxyFromEnv(env);
}
