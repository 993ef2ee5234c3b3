import { errnoOf } from "../../system/file-errors.ts";
import type { GuardedProcess } from "../../system/guarded-process.ts";

/** From SIGTERM until SIGKILL. */
export const GRACE_MS = 20_000;
export const SERVER_ENV = { PATH: "/usr/sbin:/usr/bin:/sbin:/bin", LC_ALL: "C.UTF-8" };
const MAX_OUTPUT = 16_384;

/** The end of what it prints. A server whose output nobody reads would stop. */
export function keepOutput({ stdout, stderr }: GuardedProcess): () => string {
  let kept = "";
  for (const stream of [stdout, stderr])
    stream.setEncoding("utf8").on("data", (text: string) => {
      kept = (kept + text).slice(-MAX_OUTPUT);
    });
  return () => kept;
}

export function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return errnoOf(error) === "EPERM";
  }
}
