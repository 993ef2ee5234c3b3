import type { IncomingMessage, ServerResponse } from "node:http";
import { basename, dirname } from "node:path";
import { pipeline } from "node:stream/promises";
import { send } from "@fastify/send";

/**
 * Answers GET or HEAD with a file: type, time, ETag, conditions and ranges as RFC 9110 has them.
 * @param path - absolute, of an ordinary file.
 * @returns false when it has gone meanwhile; nothing was answered then.
 */
export async function serveFile(
  request: IncomingMessage,
  response: ServerResponse,
  path: string,
): Promise<boolean> {
  const { statusCode, headers, stream } = await send(request, `/${encodeURIComponent(basename(path))}`, {
    root: dirname(path),
    // It was looked at before, with links followed.
    dotfiles: "allow",
  });
  if (statusCode === 404) return false;
  // What somebody has uploaded is of the type that its name says, and no other.
  response.writeHead(statusCode, { ...headers, "X-Content-Type-Options": "nosniff" });
  // Who has gone, or a file that was cut meanwhile: the connection has ended then.
  await pipeline(stream, response).catch(() => {});
  return true;
}
