import { mkdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { unzipSync } from "fflate";
import { sha256 } from "../../artifact/measure.ts";
import { AppError } from "../../errors/app-error.ts";
import { type Downloaded, download } from "../../system/download.ts";
import { writeFileAtomic } from "../../system/write-file.ts";
import type { BuildRun } from "../build-run.ts";
import { separateCredentials } from "./credentials.ts";
import { findFileAddress, SIMPLE_ACCEPT } from "./find-file-address.ts";
import { findIndex } from "./find-index.ts";
import { UV_VERSION, type UvWheel } from "./uv-release.ts";

const MAX_PAGE_BYTES = 32 * 1024 * 1024;
const MAX_WHEEL_BYTES = 128 * 1024 * 1024;
const MAX_PROGRAM_BYTES = 512 * 1024 * 1024;
const HINT =
  "Install uv and put it into PATH, or correct the index settings (UV_DEFAULT_INDEX, uv.toml, pip.conf).";

/**
 * Puts uv's program from its wheel on the index to `path`.
 *
 * @throws AppError `index_unreachable`, `hash_mismatch`, `tool_not_found`. None of them shows an address's credentials.
 */
export async function fetchUv(run: BuildRun, { file, sha256: wanted }: UvWheel, path: string): Promise<void> {
  const index = await findIndex(run);
  const netrc = await readNetrc(run);
  const page = await get(run, new URL("uv/", index).href, netrc, MAX_PAGE_BYTES, { accept: SIMPLE_ACCEPT });
  const { contentType, url: base } = page;
  const address = findFileAddress(page.bytes.toString("utf8"), file, { contentType, base });
  if (address === undefined) {
    throw new AppError({
      code: "tool_not_found",
      message: `cannot fetch uv ${UV_VERSION}: the index ${new URL(index).host} does not have ${file}`,
      hint: HINT,
    });
  }
  const wheel = await get(run, withCredentialsOf(index, address), netrc, MAX_WHEEL_BYTES, {});
  const found = sha256(wheel.bytes);
  if (found !== wanted) {
    throw new AppError({
      code: "hash_mismatch",
      message: `cannot fetch uv ${UV_VERSION}: ${file} on the index has the sha256 ${found}, not ${wanted}`,
      hint: "Install uv yourself and put it into PATH; tell whoever runs the index.",
    });
  }
  await mkdir(join(path, ".."), { recursive: true });
  await writeFileAtomic(path, extractProgram(wheel.bytes), { mode: 0o755 });
}

function extractProgram(wheel: Uint8Array): Uint8Array {
  const name = `uv-${UV_VERSION}.data/scripts/uv`;
  const filter = (file: { name: string; originalSize: number }) =>
    file.name === name && file.originalSize <= MAX_PROGRAM_BYTES;
  const program = unzipSync(wheel, { filter })[name];
  if (program === undefined) throw new Error(`the wheel of uv has no ${name}`); // its digest was right
  return program;
}

async function get(
  run: BuildRun,
  address: string,
  netrc: string | undefined,
  maxBytes: number,
  extra: Readonly<Record<string, string>>,
): Promise<Downloaded> {
  const { url, headers } = separateCredentials(address, netrc);
  const { env, signal } = run;
  const { host } = new URL(url);
  const answer = await download(url, { headers: { ...headers, ...extra }, env, signal, maxBytes }).catch(
    (error: unknown) => {
      run.signal?.throwIfAborted();
      throw unreachable(host, reasonOf(error));
    },
  );
  if (answer.status === 200) return answer;
  throw unreachable(host, `answers ${answer.status}`);
}

function unreachable(host: string, reason: string): AppError {
  const message = `cannot fetch uv ${UV_VERSION}: ${host} ${reason}`;
  return new AppError({ code: "index_unreachable", message, hint: HINT, details: { host } });
}

/** `fetch` hides what happened in the cause; its own message may repeat the address. */
function reasonOf(error: unknown): string {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  const code = cause instanceof Error && "code" in cause ? ` (${cause.code})` : "";
  return `does not answer${code}`;
}

/** Files that lie on the index's own host are fetched with its credentials. */
function withCredentialsOf(index: string, address: string): string {
  const [from, to] = [new URL(index), new URL(address)];
  if (from.origin === to.origin && to.username === "" && to.password === "") {
    to.username = from.username;
    to.password = from.password;
  }
  return to.href;
}

async function readNetrc({ env }: BuildRun): Promise<string | undefined> {
  const path = env["NETRC"] || (env["HOME"] ? join(env["HOME"], ".netrc") : undefined);
  return path === undefined ? undefined : readFile(path, "utf8").catch(() => undefined); // not there, or not for us
}
