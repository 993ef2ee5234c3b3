import { createHash } from "node:crypto";
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import type { TestContext } from "node:test";

export interface PythonMirror {
  /** For UV_PYTHON_INSTALL_MIRROR. */
  readonly url: string;
  /** For UV_PYTHON_DOWNLOADS_JSON_URL: uv's own list names digests of the real builds. */
  readonly listUrl: string;
  readonly requests: readonly string[];
}

export interface MirroredPython {
  /** `3.11.2`. */
  readonly version: string;
  readonly processor: string;
  /** gzip of a tar whose paths are below `python/`. */
  readonly archive: Buffer;
}

/** Where uv's list has all builds; the mirror stands in for it. */
const ORIGIN = "https://github.com/astral-sh/python-build-standalone/releases/download";

/** A mirror of python-build-standalone on a loopback port, with one build; it ends with the test. */
export async function startPythonMirror(
  t: TestContext,
  { version, processor, archive }: MirroredPython,
): Promise<PythonMirror> {
  const requests: string[] = [];
  const file = `/20250101/cpython-${version}+20250101-${processor}-unknown-linux-gnu-install_only_stripped.tar.gz`;
  const [major, minor, patch] = version.split(".").map(Number);
  const build = {
    ...{ name: "cpython", arch: { family: processor, variant: null }, os: "linux", libc: "gnu" },
    ...{ major, minor, patch, prerelease: "", variant: null, build: "20250101" },
    ...{ url: ORIGIN + file, sha256: createHash("sha256").update(archive).digest("hex") },
  };
  const server = createServer((request, response) => {
    const path = decodeURIComponent(request.url ?? "");
    requests.push(path);
    if (path === "/list.json") {
      response.end(JSON.stringify({ [`cpython-${version}-linux-${processor}-gnu`]: build }));
    } else if (path === `/mirror${file}`) response.end(archive);
    else response.writeHead(404).end();
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo; // it listens on a port
  const origin = `http://127.0.0.1:${port}`;
  return { url: `${origin}/mirror`, listUrl: `${origin}/list.json`, requests };
}
