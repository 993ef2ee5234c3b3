import { createHash } from "node:crypto";
import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { TestContext } from "node:test";
import { gzipSync } from "node:zlib";
import { zipSync } from "fflate";
import { forgeTar } from "./forge-artifact.ts";

export interface WheelContent {
  readonly name: string;
  readonly version?: string;
  readonly tag?: string;
  /** Path in the wheel to what is there. */
  readonly files?: Readonly<Record<string, string | Uint8Array>>;
  readonly requires?: readonly string[];
  readonly entryPoints?: string;
  /** WHEEL and METADATA as they are; default: what name, version, tag and requirements say. */
  readonly wheel?: string;
  readonly metadata?: string;
  /** RECORD as it is; default: one that is right. */
  readonly record?: string;
  /** Mode of each file; default 0o644. */
  readonly mode?: number;
}

export interface Wheel {
  readonly name: string;
  readonly version: string;
  readonly file: string;
  readonly bytes: Uint8Array;
  readonly sha256: string;
}

/** A wheel as PyPA's specification has it; the same content gives the same bytes. */
export function makeWheel(content: WheelContent): Wheel {
  const { name, version = "1.0", tag = "py3-none-any", files = {}, requires = [], mode = 0o644 } = content;
  const info = `${name}-${version}.dist-info`;
  const metadata = ["Metadata-Version: 2.1", `Name: ${name}`, `Version: ${version}`];
  const texts: Record<string, string | Uint8Array> = {
    ...files,
    [`${info}/METADATA`]:
      content.metadata ?? [...metadata, ...requires.map((one) => `Requires-Dist: ${one}`), ""].join("\n"),
    [`${info}/WHEEL`]:
      content.wheel ?? `Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: ${tag}\n`,
  };
  if (content.entryPoints !== undefined) texts[`${info}/entry_points.txt`] = content.entryPoints;
  const lines = Object.entries(texts).map(([path, text]) => {
    const digest = createHash("sha256").update(text).digest("base64url");
    return `${path},sha256=${digest},${Buffer.byteLength(text)}`;
  });
  texts[`${info}/RECORD`] = content.record ?? `${[...lines, `${info}/RECORD,,`].join("\n")}\n`;
  const members = Object.entries(texts).map(([path, text]) => {
    const attrs = (0o100000 | mode) * 2 ** 16;
    return [path, [Buffer.from(text), { os: 3, attrs, mtime: new Date(1980, 0, 1) }]] as const;
  });
  const bytes = zipSync(
    Object.fromEntries(members.map(([path, [data, options]]) => [path, [data, options]])),
  );
  const sha256 = createHash("sha256").update(bytes).digest("hex");
  return { name, version, file: `${name}-${version}-${tag}.whl`, bytes, sha256 };
}

/** A source distribution: its backend makes a wheel of one module, with this tag. */
export function makeSource(name: string, tag: string, content: string | Uint8Array = ""): Wheel {
  const version = "1.0";
  const files = {
    "PKG-INFO": `Metadata-Version: 2.2\nName: ${name}\nVersion: ${version}\n`,
    "pyproject.toml": '[build-system]\nrequires = []\nbuild-backend = "backend"\nbackend-path = ["."]\n',
    [`${name}.bin`]: content,
    "backend.py": `import os, shutil, zipfile

def build_wheel(directory, config_settings=None, metadata_directory=None):
    file, info = "${name}-${version}-${tag}.whl", "${name}-${version}.dist-info/"
    with zipfile.ZipFile(os.path.join(directory, file), "w") as wheel:
        wheel.write("PKG-INFO", info + "METADATA")
        wheel.writestr(info + "WHEEL", "Wheel-Version: 1.0\\nRoot-Is-Purelib: true\\nTag: ${tag}\\n")
        wheel.write("${name}.bin", "${name}/code.so" if os.path.getsize("${name}.bin") else "${name}/code.py")
        wheel.writestr(info + "RECORD", "")
    return file
`,
  };
  const entries = Object.entries(files).map(([path, text]) => ({
    path: `${name}-${version}/${path}`,
    content: text,
  }));
  const bytes = gzipSync(forgeTar(entries));
  const sha256 = createHash("sha256").update(bytes).digest("hex");
  return { name, version, file: `${name}-${version}.tar.gz`, bytes, sha256 };
}

export interface PackageIndex {
  /** Of the simple API, with credentials when it wants some. */
  readonly url: string;
  /** Paths that were asked for. */
  readonly requests: readonly string[];
}

/** A package index on a loopback port, with these wheels; it ends with the test. */
export async function startPackageIndex(
  t: TestContext,
  wheels: readonly Wheel[],
  { user, password, isHtmlOnly = true }: { user?: string; password?: string; isHtmlOnly?: boolean } = {},
): Promise<PackageIndex> {
  const requests: string[] = [];
  const expected = `Basic ${Buffer.from(`${user}:${password}`).toString("base64")}`;
  const server = createServer((request: IncomingMessage, response: ServerResponse) => {
    const path = decodeURIComponent(request.url ?? "");
    requests.push(path);
    if (user !== undefined && request.headers.authorization !== expected) {
      response.writeHead(401, { "www-authenticate": "Basic" }).end();
      return;
    }
    const file = wheels.find((wheel) => path === `/files/${wheel.file}`);
    if (file !== undefined) {
      response.end(file.bytes);
      return;
    }
    const project = /^\/simple\/([^/]+)\/$/.exec(path)?.[1];
    const found = wheels.filter(({ name }) => name.toLowerCase().replaceAll(/[-_.]+/g, "-") === project);
    if (found.length === 0) response.writeHead(404).end();
    else if (isHtmlOnly) response.setHeader("content-type", "text/html").end(renderHtml(found));
    else response.setHeader("content-type", "application/vnd.pypi.simple.v1+json").end(renderJson(found));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo; // it listens on a port
  const login = user === undefined ? "" : `${user}:${password}@`;
  return { url: `http://${login}127.0.0.1:${port}/simple/`, requests };
}

function renderHtml(wheels: readonly Wheel[]): string {
  const links = wheels.map(({ file, sha256 }) => `<a href="/files/${file}#sha256=${sha256}">${file}</a>`);
  return `<!DOCTYPE html><html><body>${links.join("\n")}</body></html>`;
}

function renderJson(wheels: readonly Wheel[]): string {
  const files = wheels.map(({ file, sha256 }) => {
    return { filename: file, url: `../../files/${file}`, hashes: { sha256 } };
  });
  return JSON.stringify({ meta: { "api-version": "1.0" }, name: wheels[0]?.name, files });
}
