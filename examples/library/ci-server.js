// A CI server. `POST /` with a git repository or a directory as its body makes a clean environment from nothing but the
// description and the locks, runs the unit tests and answers with the result; `GET /LOG` is what they said.
import { execFile } from "node:child_process";
import { randomUUID } from "node:crypto";
import { cp, mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { promisify } from "node:util";
import { AppError, AppPackage } from "holdall";

/** @param logs - directory in which logs are kept. */
export function createCiServer(logs) {
  return createServer(async (request, response) => {
    try {
      const [, log] = /^\/([0-9a-f-]{36}\.log)$/.exec(request.url) ?? [];
      if (request.method === "GET") return response.end(log ? await readFile(join(logs, log)) : "POST a repository\n");
      const result = await testSource((await text(request)).trim(), logs);
      response.setHeader("content-type", "application/json").end(JSON.stringify(result));
    } catch (error) {
      response.writeHead(error.code === "ENOENT" ? 404 : 500).end(`${error.message}\n`);
    }
  });
}

async function testSource(source, logs) {
  const checkout = await mkdtemp(join(tmpdir(), "ci-"));
  try {
    if (await stat(source).catch(() => undefined)) await cp(source, checkout, { recursive: true });
    else await promisify(execFile)("git", ["clone", "--depth=1", "--quiet", "--", source, checkout]);
    await using app = await AppPackage.open(checkout, { kind: "test" });
    const log = `${randomUUID()}.log`;
    const { status, stdout, stderr } = await app.runCommand("unit_test");
    await writeFile(join(logs, log), stdout + stderr);
    return { passed: status === 0, status, log };
  } catch (error) {
    if (!(error instanceof AppError)) throw error; // else it is the application that has to be corrected
    return { passed: false, code: error.code, reason: error.message, hint: error.hint };
  } finally {
    await rm(checkout, { recursive: true, force: true });
  }
}

if (import.meta.main) createCiServer(".").listen(8080);
